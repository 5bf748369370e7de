"""Small exports of every survey tool, written for the tests, with people wherever tools put them."""

PEOPLE = (
    "Jane Doe",
    "Jane",
    "Doe",
    "jane.doe@corp.example",
    "203.0.113.7",
    "52.520008",
    "emp-4711",
    "tok3nABC",
)

QUALTRICS = (
    "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,"
    "RecipientLastName,RecipientFirstName,RecipientEmail,ExternalReference,LocationLatitude,LocationLongitude,"
    "DistributionChannel,UserLanguage,Q1,Q2,Q3,Team\n"
    "Start Date,End Date,Response Type,IP Address,Progress,Duration (in seconds),Finished,Recorded Date,"
    "Response ID,Recipient Last Name,Recipient First Name,Recipient Email,External Data Reference,"
    "Location Latitude,Location Longitude,Distribution Channel,User Language,"
    '"The platform helps me<br>build.","How likely are you to recommend it?",Anything else?,Team\n'
    '"{""ImportId"":""startDate"",""timeZone"":""America/Denver""}",'
    '"{""ImportId"":""endDate"",""timeZone"":""America/Denver""}","{""ImportId"":""status""}",'
    '"{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}","{""ImportId"":""duration""}",'
    '"{""ImportId"":""finished""}","{""ImportId"":""recordedDate"",""timeZone"":""America/Denver""}",'
    '"{""ImportId"":""_recordId""}","{""ImportId"":""recipientLastName""}",'
    '"{""ImportId"":""recipientFirstName""}","{""ImportId"":""recipientEmail""}",'
    '"{""ImportId"":""externalDataReference""}","{""ImportId"":""locationLatitude""}",'
    '"{""ImportId"":""locationLongitude""}","{""ImportId"":""distributionChannel""}",'
    '"{""ImportId"":""userLanguage""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2""}",'
    '"{""ImportId"":""QID3_TEXT""}","{""ImportId"":""Team""}"\n'
    "2026-01-12 07:00:00,2026-01-12 07:05:00,IP Address,203.0.113.7,100,300,True,2026-01-12 07:05:01,R_1,"
    'Doe,Jane,jane.doe@corp.example,emp-4711,52.520008,13.4,email,EN,Agree,9,"Ask Jane Doe,\nshe knows",pay\n'
    "2026-07-12 07:00:00,2026-07-12 07:05:00,IP Address,203.0.113.7,100,300,True,2026-07-12 07:05:01,R_2,"
    "Doe,Jane,jane.doe@corp.example,emp-4711,52.520008,13.4,email,EN,Don't know,,,shop\n"
    "2026-01-12 08:00:00,2026-01-12 08:01:00,IP Address,203.0.113.7,40,60,False,2026-01-19 08:00:00,R_3,"
    "Doe,Jane,jane.doe@corp.example,emp-4711,52.520008,13.4,email,EN,Disagree,,,pay\n"
    "2026-01-11 08:00:00,2026-01-11 08:01:00,Survey Preview,203.0.113.7,100,60,True,2026-01-11 08:01:00,R_4,"
    ",,,,52.520008,13.4,preview,EN,Disagree,1,,pay\n"
)
TYPEFORM_OLD = (
    "#,The platform helps me build.,How likely are you to recommend it?,Start Date (UTC),Submit Date (UTC),"
    "Network ID\n"
    "t1,Agree,9,2026-01-12 14:00:00,2026-01-12 14:05:01,203.0.113.7\n"
    "t2,Don't know,,2026-07-12 13:00:00,2026-07-12 13:05:01,tok3nABC\n"
)
TYPEFORM_NEW = (
    "#,The platform helps me build.,How likely are you to recommend it?,email,Response Type,Start Date (UTC),"
    "Stage Date (UTC),Submit Date (UTC),Network ID,Tags,Ending\n"
    "t1,Agree,9,jane.doe@corp.example,completed,2026-01-12 14:00:00,,2026-01-12 14:05:01,tok3nABC,,Thanks\n"
    "t2,Don't know,,,completed,2026-07-12 13:00:00,,2026-07-12 13:05:01,tok3nABC,,Thanks\n"
    "t3,Agree,,,partial,2026-01-12 14:00:00,2026-01-12 14:01:00,,tok3nABC,,\n"
)
LIMESURVEY_CODES = (
    '"id";"submitdate";"lastpage";"startlanguage";"seed";"token";"startdate";"datestamp";"ipaddr";"refurl";'
    '"HELPS";"NPS[SQ001]";"interviewtime"\n'
    '"1";"2026-01-12 15:05:01";"2";"en";"4711";"tok3nABC";"2026-01-12 15:00:00";"2026-01-12 15:05:01";'
    '"203.0.113.7";"https://mail.example/?to=jane.doe@corp.example";"A4";"9";"301"\n'
    '"2";"2026-07-12 15:05:01";"2";"en";"4712";"tok3nABC";"2026-07-12 15:00:00";"2026-07-12 15:05:01";'
    '"203.0.113.7";"";"A0";"";"301"\n'
    '"3";"";"1";"en";"4713";"tok3nABC";"2026-01-12 15:00:00";"2026-01-12 15:05:01";'
    '"203.0.113.7";"";"A4";"";""\n'
)
LIMESURVEY_FULL = (
    '"id. Response ID","submitdate. Date submitted","lastpage. Last page","token. Access code",'
    '"ipaddr. IP address","HELPS. The platform helps me build.",'
    '"NPS[SQ001]. How likely are you to recommend it?"\n'
    '"1","2026-01-12 15:05:01","2","tok3nABC","203.0.113.7","Agree","9"\n'
    '"2","2026-07-12 15:05:01","2","tok3nABC","203.0.113.7","Don\'t know",""\n'
)
LIMESURVEY_TEXTS = (
    '"Response ID","Date submitted","Last page","Start language","Seed","Access code","Date started",'
    '"Date last action","IP address","Referrer URL","The platform helps me build.",'
    '"How likely are you to recommend it?","Total time"\n'
    '"1","2026-01-12 15:05:01","2","en","4711","tok3nABC","2026-01-12 15:00:00","2026-01-12 15:05:01",'
    '"203.0.113.7","","Agree","9","301"\n'
    '"2","2026-07-12 15:05:01","2","en","4712","tok3nABC","2026-07-12 15:00:00","2026-07-12 15:05:01",'
    '"203.0.113.7","","Don\'t know","","301"\n'
)
GOOGLE_FORMS = (
    "Timestamp,Email Address,The platform helps me build.,How likely are you to recommend it?\n"
    "2026/01/12 3:05:01 PM GMT+1,jane.doe@corp.example,Agree,9\n"
    "2026/07/12 3:05:01 PM GMT+2,jane.doe@corp.example,Don't know,\n"
)
GOOGLE_SHEET = (
    "Timestamp,Username,The platform helps me build.,How likely are you to recommend it?\n"
    "1/12/2026 15:05:01,jane.doe@corp.example,Agree,9\n"
    "7/12/2026 15:05:01,jane.doe@corp.example,Don't know,\n"
)
SURVEYMONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,IP Address,Email Address,First Name,Last Name,"
    "Custom Data 1,The platform helps me build. *,"
    "How likely are you to recommend it?,Which tools do you use?,\n"
    ",,,,,,,,,Response,Response,Portal,Other (please specify)\n"
    "11,22,01/12/2026 03:00:00 PM,01/12/2026 03:05:01 PM,203.0.113.7,jane.doe@corp.example,Jane,Doe,emp-4711,"
    "Agree,9,Portal,ask Jane Doe\n"
    "12,22,07/12/2026 03:00:00 PM,07/12/2026 03:05:01 PM,203.0.113.7,jane.doe@corp.example,Jane,Doe,emp-4711,"
    "Don't know,,,\n"
)
PLAIN = (
    "nr;when;employee id;helps;nps\n"
    "1;2026-01-12T14:05:01Z;emp-4711;4;9\n"
    "2;2026-07-12T13:05:01Z;emp-4711;don't know;\n"
)
