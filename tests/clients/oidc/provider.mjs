// oidc-provider as it is published, with its own pages for trying it: whoever enters a name is signed in by it.
import { pathToFileURL } from "node:url";
import { createServer } from "node:http";

const { default: Provider } = await import(pathToFileURL(`${process.env.NODE_PATH}/oidc-provider/lib/index.js`));
const [back] = process.argv.slice(2);
const server = createServer().listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: "rollbook", client_secret: "a-secret", redirect_uris: [back] }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name", "family_name"] },
    cookies: { keys: ["a key of the test"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@thornfield.example`, email_verified: id !== "unsure", given_name: "Ama" }),
    }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
