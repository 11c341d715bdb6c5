"""The words that Ed-Fi publishes for the lists that the resources use; `code|meaning` where the code does not say it.

Lists of which no words are published, such as indicators, are there for the words of districts and states.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())


WORDS: dict[str, tuple[str, ...]] = {
    kind: _words(text)
    for kind, text in {
        "AcademicSubject": (
            "Career and Technical Education; Composite; Critical Reading; Cross Subject; English; "
            "English Language Arts; Fine and Performing Arts; Foreign Language and Literature; "
            "Life and Physical Sciences; Mathematics; Military Science; Other; "
            "Physical, Health, and Safety Education; Reading; Religious Education and Theology; Science; "
            "Social Sciences and History; Social Studies; Writing"
        ),
        "AchievementCategory": (
            "Academic Honor; Certificate Earned; Competency Mastered; Competency Retained; Course Completed; "
            "Diploma Earned; Level Completed; License Earned; License Endorsement Earned; Non-Academic Honor; "
            "Participation; Recognition"
        ),
        "AddressType": (
            "Billing; Doubled - up (i.e., living with another family); Father Address; Guardian Address; Home; "
            "Hotels/Motels; Mailing; Mother Address; Other; Physical; Shelter, Transitional housing, Awaiting "
            "Foster|Shelters, Transitional housing, Awaiting Foster Care; Shipping; Temporary; "
            "Unsheltered|Unsheltered (cars, parks, temporary trailers, or abandoned buildings); Work"
        ),
        "AdministrativeFundingControl": "Other; Private School; Public School",
        "AncestryEthnicOrigin": "",
        "AttemptStatus": "Audited; Fail; Incomplete; Pass; Withdrawn",
        "CareerPathway": (
            "Agriculture, Food and Natural Resources; Architecture and Construction; "
            "Arts, A/V Technology and Communications; Business, Management and Administration; "
            "Education and Training; Finance; Government and Public Administration; Health Science; "
            "Hospitality and Tourism; Human Services; Information Technology; "
            "Law, Public Safety, Corrections and Security; Manufacturing; Marketing, Sales and Service; Other; "
            "Science, Technology, Engineering and Mathematics; Transportation, Distribution and Logistics"
        ),
        "CharterApprovalAgencyType": ("Other; Public charter school board; State board of education; University"),
        "CharterStatus": "College/University Charter; Not a Charter School; Open Enrollment; School Charter",
        "CitizenshipStatus": "Non-resident alien; Permanent resident; Refugee; Resident alien; US Citizen",
        "ClassroomPosition": "Assistant Teacher; Substitute Teacher; Support Teacher; Teacher of Record",
        "CohortScope": ("Classroom; Counselor; District; Network; Other; Principal; School; Statewide; Teacher"),
        "CohortType": (
            "Academic Intervention; Attendance Intervention; Classroom Pullout; Counselor List; "
            "Discipline Intervention; Extracurricular Activity; Field Trip; In-school Suspension; Other; "
            "Principal Watch List; Study Hall"
        ),
        "CompetencyLevel": "Advanced; Basic; Below Basic; Fail; Pass; Proficient; Well Below Basic",
        "Country": (
            "AD|Andorra; AE|United Arab Emirates; AF|Afghanistan; AG|Antigua and Barbuda; AI|Anguilla; "
            "AL|Albania; AM|Armenia; AO|Angola; AQ|Antarctica; AR|Argentina; AS|American Samoa; AT|Austria; "
            "AU|Australia; AW|Aruba; AX|Åland Islands; AZ|Azerbaijan; BA|Bosnia and Herzegovina; BB|Barbados; "
            "BD|Bangladesh; BE|Belgium; BF|Burkina Faso; BG|Bulgaria; BH|Bahrain; BI|Burundi; BJ|Benin; "
            "BL|Saint Barthélemy; BM|Bermuda; BN|Brunei Darussalam; BO|Bolivia; "
            "BQ|Bonaire, Sint Eustatius and Saba; BR|Brazil; BS|Bahamas; BT|Bhutan; BV|Bouvet Island; "
            "BW|Botswana; BY|Belarus; BZ|Belize; CA|Canada; CC|Cocos (Keeling) Islands; "
            "CD|Congo, Democratic Republic; CF|Central African Republic; CG|Congo; CH|Switzerland; "
            "CI|Côte d'Ivoire; CK|Cook Islands; CL|Chile; CM|Cameroon; CN|China; CO|Colombia; CR|Costa Rica; "
            "CU|Cuba; CV|Cabo Verde; CW|Curaçao; CX|Christmas Island; CY|Cyprus; CZ|Czechia; DE|Germany; "
            "DJ|Djibouti; DK|Denmark; DM|Dominica; DO|Dominican Republic; DZ|Algeria; EC|Ecuador; EE|Estonia; "
            "EG|Egypt; EH|Western Sahara; ER|Eritrea; ES|Spain; ET|Ethiopia; FI|Finland; FJ|Fiji; "
            "FK|Falkland Islands; FM|Micronesia; FO|Faroe Islands; FR|France; GA|Gabon; GB|United Kingdom; "
            "GD|Grenada; GE|Georgia; GF|French Guiana; GG|Guernsey; GH|Ghana; GI|Gibraltar; GL|Greenland; "
            "GM|Gambia; GN|Guinea; GP|Guadeloupe; GQ|Equatorial Guinea; GR|Greece; "
            "GS|South Georgia and South Sandwich Islands; GT|Guatemala; GU|Guam; GW|Guinea-Bissau; GY|Guyana; "
            "HK|Hong Kong; HM|Heard Island and McDonald Islands; HN|Honduras; HR|Croatia; HT|Haiti; "
            "HU|Hungary; ID|Indonesia; IE|Ireland; IL|Israel; IM|Isle of Man; IN|India; "
            "IO|British Indian Ocean Territory; IQ|Iraq; IR|Iran; IS|Iceland; IT|Italy; JE|Jersey; JM|Jamaica; "
            "JO|Jordan; JP|Japan; KE|Kenya; KG|Kyrgyzstan; KH|Cambodia; KI|Kiribati; KM|Comoros; "
            "KN|Saint Kitts and Nevis; KP|North Korea; KR|South Korea; KW|Kuwait; KY|Cayman Islands; "
            "KZ|Kazakhstan; LA|Laos; LB|Lebanon; LC|Saint Lucia; LI|Liechtenstein; LK|Sri Lanka; LR|Liberia; "
            "LS|Lesotho; LT|Lithuania; LU|Luxembourg; LV|Latvia; LY|Libya; MA|Morocco; MC|Monaco; MD|Moldova; "
            "ME|Montenegro; MF|Saint Martin (French part); MG|Madagascar; MH|Marshall Islands; "
            "MK|North Macedonia; ML|Mali; MM|Myanmar; MN|Mongolia; MO|Macao; MP|Northern Mariana Islands; "
            "MQ|Martinique; MR|Mauritania; MS|Montserrat; MT|Malta; MU|Mauritius; MV|Maldives; MW|Malawi; "
            "MX|Mexico; MY|Malaysia; MZ|Mozambique; NA|Namibia; NC|New Caledonia; NE|Niger; NF|Norfolk Island; "
            "NG|Nigeria; NI|Nicaragua; NL|Netherlands; NO|Norway; NP|Nepal; NR|Nauru; NU|Niue; NZ|New Zealand; "
            "OM|Oman; PA|Panama; PE|Peru; PF|French Polynesia; PG|Papua New Guinea; PH|Philippines; "
            "PK|Pakistan; PL|Poland; PM|Saint Pierre and Miquelon; PN|Pitcairn; PR|Puerto Rico; PS|Palestine; "
            "PT|Portugal; PW|Palau; PY|Paraguay; QA|Qatar; RE|Réunion; RO|Romania; RS|Serbia; RU|Russia; "
            "RW|Rwanda; SA|Saudi Arabia; SB|Solomon Islands; SC|Seychelles; SD|Sudan; SE|Sweden; SG|Singapore; "
            "SH|Saint Helena, Ascension and Tristan da Cunha; SI|Slovenia; SJ|Svalbard and Jan Mayen; "
            "SK|Slovakia; SL|Sierra Leone; SM|San Marino; SN|Senegal; SO|Somalia; SR|Suriname; SS|South Sudan; "
            "ST|Sao Tome and Principe; SV|El Salvador; SX|Sint Maarten (Dutch part); SY|Syria; SZ|Eswatini; "
            "TC|Turks and Caicos Islands; TD|Chad; TF|French Southern Territories; TG|Togo; TH|Thailand; "
            "TJ|Tajikistan; TK|Tokelau; TL|Timor-Leste; TM|Turkmenistan; TN|Tunisia; TO|Tonga; TR|Türkiye; "
            "TT|Trinidad and Tobago; TV|Tuvalu; TW|Taiwan; TZ|Tanzania; UA|Ukraine; UG|Uganda; "
            "UM|United States Minor Outlying Islands; US|United States; UY|Uruguay; UZ|Uzbekistan; "
            "VA|Holy See; VC|Saint Vincent and the Grenadines; VE|Venezuela; VG|Virgin Islands (British); "
            "VI|Virgin Islands (U.S.); VN|Vietnam; VU|Vanuatu; WF|Wallis and Futuna; WS|Samoa; YE|Yemen; "
            "YT|Mayotte; ZA|South Africa; ZM|Zambia; ZW|Zimbabwe"
        ),
        "CourseDefinedBy": "LEA; National Organization; School; SEA",
        "CourseGPAApplicability": "Applicable; Not Applicable; Weighted",
        "CourseIdentificationSystem": (
            "CSSC course code; Intermediate agency course code; LEA course code; NCES Pilot SNCCS course code; "
            "Other; SCED course code; School course code; State course code; University course code"
        ),
        "CourseLevelCharacteristic": (
            "Accepted as high school equivalent; Advanced; Advanced Placement; Basic; "
            "Career and Technical Education; College-level; Core Subject; Correspondence; Distance Learning; "
            "Dual Credit; English Language Learner; General; Gifted and Talented; Graduation Credit; Honors; "
            "International Baccalaureate; Magnet; Other; Pre-AP; Pre-IB; Remedial; Students with disabilities; "
            "Untracked"
        ),
        "CreditType": (
            "Adult education credit; Career and Technical Education credit; Carnegie unit; "
            "Converted occupational experience credit; Correspondence credit; Credit by examination; "
            "Intersession hour credit; Long session hour credit; Mini-term hour credit; "
            "Nine month year hour credit; Other; Quarter hour credit; Quinmester hour credit; "
            "Semester hour credit; Summer term hour credit; Trimester hour credit; "
            "Twelve month year hour credit"
        ),
        "CurriculumUsed": (
            "Creative curriculum family child care; Creative curriculum infants/toddlers; "
            "Creative curriculum preschool; Highscope infants/toddlers; Highscope preschoolers; "
            "Locally designed curriculum; Montessori curriculum; None; Other curriculum"
        ),
        "DualCreditInstitution": "",
        "DualCreditType": ("Advanced Courses Eligible for College Credit; Concurrent Enrollment; Dual Enrollment"),
        "EducationOrganizationCategory": (
            "Education Organization Network; Education Service Center; Local Education Agency; "
            "Organization Department; Other; Post Secondary Institution; School; State Education Agency"
        ),
        "EducationOrganizationIdentificationSystem": (
            "ACT; DUNS; Federal; IPEDS; LEA; NCES; Other; Other Federal; School; SEA; USDE - OPE"
        ),
        "EducationPlan": (
            "504 Plan; Career Pathways; Career Suggestions; Completion and Reach Age 22; Employability Skills; "
            "Full Time Employment; High School Education Plan; IDEA IEP; Other; Outside Service Access; "
            "Personal Graduation Plan; Student Success Plan"
        ),
        "EducationalEnvironment": (
            "Classroom; Homebound; Hospital class; In-school suspension; Laboratory; "
            "Mainstream (Special Education); Off-school center; Pull-out class; Resource room; "
            "Self-contained (Special Education); Self-study; Shop; Single sex classroom"
        ),
        "ElectronicMailType": "Home/Personal; Organization; Other; Work",
        "EmploymentStatus": (
            "Contractual; Employed or affiliated with outside agency part-ti|Employed or affiliated with "
            "outside agency part-time; Employed or affiliated with outside organization; Employed part-time; "
            "Non-contractual; Other; Probationary; Substitute/temporary; Tenured or permanent; "
            "Volunteer/no contract"
        ),
        "EnrollmentType": "Current; Preregistered; Summer",
        "EntryGradeLevelReason": (
            "Nonpromotion - Failed to meet testing requirements; Nonpromotion - Illness; "
            "Nonpromotion - Immaturity; Nonpromotion - Inadequate performance; "
            "Nonpromotion - Insufficient credits; Nonpromotion - Other; Nonpromotion - Prolonged absence; "
            "Promotion - Accelerated promotion; Promotion - Continuous promotion; Promotion - Other; "
            "Promotion - Probationary promotion; Promotion - Regular promotion; Promotion - Variable progress"
        ),
        "EntryType": "New to education system; Next year school; Other; Re-entry; Transfer",
        "ExitWithdrawType": (
            "Completed; Died or is permanently incapacitated; Dropout; End of school year; "
            "Enrolled in a high school diploma program; Expelled; Graduated; Incarcerated; Invalid enrollment; "
            "Involuntarily Removed; No show; Other; Reached maximum age; Transferred; Withdrawn"
        ),
        "GradeLevel": (
            "Infant/toddler; Preschool; Prekindergarten; Transitional Kindergarten; Kindergarten; First grade; "
            "Second grade; Third grade; Fourth grade; Fifth grade; Sixth grade; Seventh grade; Eighth grade; "
            "Ninth grade; Tenth grade; Eleventh grade; Twelfth grade; Grade 13; Postsecondary; Ungraded; "
            "Other; Out of School; Adult Education; Early Education; No grade level; Preschool/Prekindergarten"
        ),
        "GradingPeriod": (
            "First Semester; Second Semester; Summer Semester; First Summer Session; Second Summer Session; "
            "Third Summer Session; First Trimester; Second Trimester; Third Trimester; First Nine Weeks; "
            "Second Nine Weeks; Third Nine Weeks; Fourth Nine Weeks; First Six Weeks; Second Six Weeks; "
            "Third Six Weeks; Fourth Six Weeks; Fifth Six Weeks; Sixth Six Weeks; End of Year"
        ),
        "GraduationPlanType": "Career and Technical Education; Distinguished; Minimum; Recommended; Standard",
        "GunFreeSchoolsActReportingStatus": (
            "No; Not applicable; Yes, with no reported offenses; "
            "Yes, with one or more student offenses|Yes, with reporting of one or more students for an offense"
        ),
        "IdentificationDocumentUse": (
            "Foreign Citizenship Identification; Personal Information Verification; US Citizenship Identification"
        ),
        "Indicator": "",
        "IndicatorGroup": "",
        "IndicatorLevel": "",
        "InstitutionTelephoneNumberType": ("Administrative; Attendance; Fax; Food Service; Health Clinic; Main; Other"),
        "InternetAccess": (
            "Cable; Dial-up; DSL; Fiber; High Speed; Less Than High Speed; Microwave; None; Other; "
            "Personal hotspot/smartphone; Satellite; School-provided hotspot; Unknown"
        ),
        "Language": (
            "amh|Amharic; ara|Arabic; ase|American Sign Language; ben|Bengali; bos|Bosnian; bul|Bulgarian; "
            "bur|Burmese; chi|Chinese; cze|Czech; dan|Danish; dut|Dutch; eng|English; fas|Persian; "
            "fin|Finnish; fre|French; ger|German; gle|Irish; gre|Greek; guj|Gujarati; hat|Haitian; heb|Hebrew; "
            "hin|Hindi; hmn|Hmong; hrv|Croatian; hun|Hungarian; ind|Indonesian; ita|Italian; jpn|Japanese; "
            "khm|Khmer; kor|Korean; kur|Kurdish; lao|Lao; lat|Latin; lit|Lithuanian; mal|Malayalam; "
            "mar|Marathi; nav|Navajo; nep|Nepali; nor|Norwegian; pan|Panjabi; pol|Polish; por|Portuguese; "
            "pus|Pushto; rum|Romanian; rus|Russian; slo|Slovak; som|Somali; spa|Spanish; sqi|Albanian; "
            "srp|Serbian; swa|Swahili; swe|Swedish; tam|Tamil; tel|Telugu; tgl|Tagalog; tha|Thai; "
            "tir|Tigrinya; tur|Turkish; ukr|Ukrainian; urd|Urdu; vie|Vietnamese; wel|Welsh; yor|Yoruba; "
            "zxx|No linguistic content"
        ),
        "LanguageUse": (
            "Correspondence language; Dominant language; Home language; Native language; Other; "
            "Other language proficiency; Spoken language; Written language"
        ),
        "LevelOfEducation": (
            "Associate's Degree (two years or more); Bachelor's; Did Not Graduate High School; Doctorate; "
            "High School Diploma; Master's; Some College No Degree"
        ),
        "LocalEducationAgencyCategory": (
            "Charter; Federal operated agency; Independent; Independent charter district; "
            "Other local education agency; Public school district part of a supervisory union; "
            "Regular public school district; Service agency; Specialized public school district; "
            "State operated agency; Supervisory union"
        ),
        "Locale": (
            "City-Large; City-Midsize; City-Small; Suburban-Large; Suburban-Midsize; Suburban-Small; "
            "Town-Fringe; Town-Distant; Town-Remote; Rural-Fringe; Rural-Distant; Rural-Remote"
        ),
        "MagnetSpecialProgramEmphasisSchool": (
            "All students participate; No students participate; Some, but not all, students participate"
        ),
        "MediumOfInstruction": (
            "Center-based instruction; Correspondence instruction; Distance Learning (other than online); "
            "Face-to-face instruction; Independent study; Internship; Other; "
            "Other technology-based instruction; Technology-based instruction in classroom; "
            "Telepresence/video conference; Televised; Videotaped/prerecorded video; "
            "Virtual/On-line Distance learning"
        ),
        "OperationalStatus": "Active; Added; Changed; Closed; Future; Inactive; New; Reopened",
        "OtherNameType": "Alias; Nickname; Other Name; Previous Legal Name",
        "PersonalInformationVerification": (
            "Baptismal or church certificate; Birth certificate; Drivers license; Entry in family Bible; "
            "Hospital certificate; Immigration document/visa; Life insurance policy; Other; "
            "Other non-official document; Other official document; Parents affidavit; Passport; "
            "Physicians certificate; Previously verified school records; State-issued ID"
        ),
        "PopulationServed": (
            "Adult Basic Education Students; Bilingual Students; Career and Technical Education Students; "
            "Compensatory/Remedial Education Students; Economic Disadvantaged; ESL Students; "
            "Gifted and Talented Students; Honors Students; Migrant Students; Regular Students; "
            "Special Education Students"
        ),
        "ProgramCharacteristic": "A McKinney-Vento Program for Homelessness",
        "ProgramSponsor": (
            "Business; Education organization network; Education Service Center; Federal government; "
            "Local Education Agency; Non-profit organization; Other; Postsecondary institution; "
            "Private organization; Religious organization; School; State Education Agency"
        ),
        "ProgramType": (
            "Adult/Continuing Education; Alternative Education; Athletics; Bilingual; Bilingual Summer; "
            "Career and Technical Education; Cocurricular Programs; College Preparatory; "
            "Community Service Program; Community/Junior College Education Program; "
            "Compensatory Services for Disadvantaged Students; Counseling Services; District-Funded GED; "
            "Early Head Start; Early Intervention Services Part C; English as a Second Language (ESL); "
            "Even Start; Expelled Education; Extended Day/Child Care Services; Fee For Service; "
            "Foreign Exchange; Gifted and Talented; Head Start; Health Services Program; "
            "High School Equivalency Program (HSEP); Home Visiting; Homeless; IDEA; Immigrant Education; "
            "Independent Study; Indian Education; International Baccalaureate; Kindergarten - Extended Day; "
            "Kindergarten - Full Day; Kindergarten - Half Day; Library/Media Services Program; "
            "Magnet/Special Program Emphasis; Migrant Education; Neglected and Delinquent Program; "
            "Optional Flexible School Day Program (OFSDP); Other; Prekindergarten - Extended Day; "
            "Prekindergarten - Full Day; Prekindergarten - Half Day; Preschool Special Education; "
            "Public Preschool; Regular Education; Remedial Education; Section 504 Placement; Service Learning; "
            "Special Education; Student Retention/Dropout Prevention; Student School Food Service; "
            "Substance Abuse Education/Prevention; Teacher Professional Development/Mentoring; "
            "Technical Preparatory; Title I Part A; Vocational Education"
        ),
        "Race": (
            "American Indian - Alaska Native; Asian; Black - African American; Choose Not to Respond; "
            "Native Hawaiian - Pacific Islander; Other; White"
        ),
        "RecognitionType": (
            "Athletic awards; Awarding of units of value; Certificate; Citizenship award/recognition; "
            "Completion of requirement, but no units awarded|Completion of requirement, but no units of value "
            "awarded; Honor award; Letter of commendation; Medals; Monogram/letter; Other; Points; "
            "Promotion or advancement"
        ),
        "RepeatIdentifier": (
            "Not repeated; Other; Other, not counted in GPA; Repeated, counted in grade point average; "
            "Repeated, not counted in grade point average; Repeated, other institution; Replacement counted; "
            "Replacement not counted"
        ),
        "ResidencyStatus": (
            "Resident of admin unit and school area|Resident of administrative unit and usual school "
            "attendance area; Resident of admin unit, but other school area|Resident of administrative unit, "
            "but of other school attendance area; Resident of admin unit that crosses states|Resident of an "
            "administrative unit that crosses state boundaries; Resident of another state; Resident of this "
            "state, but not of this admin unit|Resident of this state, but not of this administrative unit"
        ),
        "SchoolCategory": (
            "Adult School; All Levels; Elementary School; Elementary/Secondary School; High School; "
            "Infant/toddler School; Intermediate School; Joint Secondary and Postsecondary School; "
            "Junior High School; Middle School; Other Combination; Other Secondary; Preschool/early childhood; "
            "Primary School; Secondary School; Ungraded"
        ),
        "SchoolChoiceBasis": "Federal; Local; NCLB choice; State; Victim of a Violent Felony",
        "SchoolChoiceImplementStatus": (
            "Implemented at all grade levels; Implemented at some but not all grade levels; "
            "Not required to implement public school choice; Unable to implement at any grades levels"
        ),
        "SchoolType": ("Alternative; Career and Technical Education; Regular; Reportable Program; Special Education"),
        "SectionCharacteristic": "Attendance Tracked; Graded Credit Available",
        "SectionType": "Attendance and Credit; Attendance Only; Credit Only",
        "Sex": "Female; Male; Non-binary; Not Selected",
        "SourceSystem": "District; Federal; School; State",
        "StaffClassification": (
            "All Other Support Staff; Assistant Principal; Assistant Superintendent; Counselor; "
            "Elementary School Counselor; Elementary Teacher; Instr Coordinator and Supervisor to the "
            "Staff|Instructional Coordinator and Supervisor to the Staff; Instructional Aide; "
            "Instructional Coordinator; Kindergarten Teacher; LEA Administrative Support Staff; "
            "LEA Administrator; LEA Specialist; LEA System Administrator; Librarian/Media Specialist; "
            "Library/Media Support Staff; Missing; Operational Support; Other; "
            "Paraprofessional/Instructional Aide; Pre-Kindergarten Teacher; Principal; "
            "School Administrative Support Staff; School Administrator; School Counselor; School Leader; "
            "School Psychologist; School Specialist; Secondary School Counselor; Secondary Teacher; "
            "State Administrator; Student Support Services Staff (w/o Psychology); Substitute Teacher; "
            "Superintendent; Support Services Staff; Teacher; Ungraded Teacher"
        ),
        "StaffIdentificationSystem": (
            "Canadian SIN; District; Drivers License; Federal; Health Record; Medicaid; Other; Other Federal; "
            "PIN; Professional Certificate; School; Selective Service; SSN; State; US Visa"
        ),
        "StateAbbreviation": (
            "AA; AE; AK; AL; AP; AR; AS; AZ; CA; CO; CT; DC; DE; FL; FM; GA; GU; HI; IA; ID; IL; IN; KS; KY; "
            "LA; MA; MD; ME; MH; MI; MN; MO; MP; MS; MT; NC; ND; NE; NH; NJ; NM; NV; NY; OH; OK; OR; PA; PR; "
            "PW; RI; SC; SD; TN; TX; UT; VA; VI; VT; WA; WI; WV; WY"
        ),
        "TelephoneNumberType": "Emergency 1; Emergency 2; Fax; Home; Mobile; Other; Unlisted; Work",
        "Term": (
            "Fall Semester; First Quarter; First Trimester; Fourth Quarter; MiniTerm; Other; Quarter; "
            "Second Quarter; Second Trimester; Semester; Spring Semester; Summer Semester; Third Quarter; "
            "Third Trimester; Trimester; Year Round"
        ),
        "TitleIPartASchoolDesignation": (
            "Missing; Not A Title I School; Title I Schoolwide Eligible School-No Program; "
            "Title I Schoolwide Eligible-Target Assist Program; Title I Schoolwide School; "
            "Title I Targeted Assistance Eligible-No Program; Title I Targeted Assistance School"
        ),
        "TribalAffiliation": "",
        "Visa": (
            "B1 - Business Visa; B2 - Tourist Visa; F1 - Foreign Student Visa; H1 - Employment Visa; "
            "J1 - Exchange Scholar Visa; M1 - Foreign Student vocational/non-academic Visa|M1 - Foreign "
            "Student pursuing vocational or non-academic studies Visa; Other Visa"
        ),
    }.items()
}
