ALTER TABLE "school" ADD COLUMN "logo" TEXT;
ALTER TABLE "school" ADD COLUMN "second_logo" TEXT;
