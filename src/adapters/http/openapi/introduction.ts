/** What the description of the API says before it comes to any endpoint. */
export const ABOUT = {
  info: {
    title: 'Parley',
    version: '1',
    license: { name: 'MIT', identifier: 'MIT' },
    summary: 'The conversation engine for Asterisk: queues, conversations, agents.',
    description: `Every answer but the live stream and the metrics is an envelope, \`{"code", "msg", "data"}\`: \`000000\` for success, and for a
failure the code, a message that names what was wrong, and \`data: null\`. Answers may get more keys one day.

- **Language**: \`msg\` is Chinese unless \`Accept-Language\` asks for \`en\`. What Asterisk says is English always. The examples here are English.
- **Leniency**: \`null\` means absent. A whole number may come as text, a text of digits as a number; booleans in a query may be \`1\`, \`0\`,
  \`on\`, \`off\`, \`yes\`, \`no\`. Unknown keys are ignored. A trailing slash is taken.
- **Credentials**: a token (\`bearer\`), or the four headers of a signed request together, or none where the service listens on
  loopback only, whichever of them its settings allow. A request acts inside one application; what belongs to others does not exist.
- **Events** are posted to the callback URLs of an application, as the webhooks say; the live stream and the journals have the same.
- **Status**: an application of the settings may ask for status 200 for everything past authentication (\`alwaysOk\`). Then only \`code\`
  tells.
- **Before a request is one**: what is no HTTP gets 400, headers beyond 16 KiB 431, an \`Expect\` of anything but
  \`100-continue\` 417, a request that does not arrive in time 408, an unknown
  path 404 and a method that it does not take 405, all with code \`000001\`.`,
  },
} as const;

/** Where paths count from. */
export const SERVERS = {
  bases: [
    { url: '/v1' },
    {
      url: '/v1/account/{account}',
      description: 'for existing clients',
      variables: {
        account: {
          default: 'default',
          description: "where requests are signed, the application's certId; else any",
        },
      },
    },
  ],
  version: [{ url: '/v1' }],
  root: [{ url: '/' }],
} as const;

export const TAGS = [
  { name: 'extension', description: "Where agents' phones are." },
  { name: 'agent', description: 'Who takes calls, and what they do with them.' },
  { name: 'condition', description: 'Named rules for choosing agents.' },
  { name: 'plan', description: 'Enqueue documents that are kept under a name.' },
  { name: 'sound', description: 'What callers hear while they wait.' },
  { name: 'queue', description: 'Who waits, and why.' },
  { name: 'conversation', description: 'Who talks with whom.' },
  { name: 'event', description: 'What happened.' },
  { name: 'service', description: 'The process itself.' },
] as const;

/** Where the first part of a path is not the tag itself. */
export const TAGS_OF_OTHERS: Readonly<Record<string, string>> = {
  routing: 'queue',
  events: 'event',
  delivery: 'event',
};

const SIGNED = 'of a signed request; docs/security.md says what is signed';

export const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer' },
  AppID: { type: 'apiKey', in: 'header', name: 'AppID', description: `The application, ${SIGNED}.` },
  CertID: { type: 'apiKey', in: 'header', name: 'CertID', description: `Its account, ${SIGNED}.` },
  Timestamp: { type: 'apiKey', in: 'header', name: 'Timestamp', description: `yyyyMMddHHmmss, ${SIGNED}.` },
  Signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Signature',
    description: `Base64 of an HMAC-SHA256, ${SIGNED}.`,
  },
} as const;

/** Any of them; the last is no credentials at all. */
export const WAYS_IN = [{ bearer: [] }, { AppID: [], CertID: [], Timestamp: [], Signature: [] }, {}] as const;
