export type MalformedDocument = {
  readonly text: string;
  /** The place of the mistake, what is wrong, and the nearest name of those that are known. */
  readonly told: RegExp;
};

const ROUTE = '<route><agent name="1001"/></route>';
const enqueue = (attributes: string, routes = ROUTE) => `<enqueue ${attributes}>${routes}</enqueue>`;
const route = (targets: string) => enqueue('', `<route>${targets}</route>`);

/** None of them is an enqueue document. */
export const MALFORMED_DOCUMENTS: readonly MalformedDocument[] = [
  { text: '', told: /line 1, column 1/ },
  { text: 'support', told: /line 1, column 1/ },
  { text: '{"route": []}', told: /line 1, column 1/ },
  { text: '<enqueue>', told: /line 1, column 1.*'enqueue'/ },
  { text: '<enqueue><route></enqueue>', told: /line 1.*'route'/ },
  { text: `<enqueue>\n  <route>\n    <agent name=1001/>\n  </route>\n</enqueue>`, told: /line 3/ },
  { text: `<enqueue choice="lru" choice="order">${ROUTE}</enqueue>`, told: /line 1.*'choice' is repeated/ },
  { text: `<!DOCTYPE enqueue>${enqueue('')}`, told: /line 1, column 1: a document type is not allowed/ },
  {
    text: `<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>${enqueue('user_data="&e;"')}`,
    told: /line 1, column 1: a document type is not allowed/,
  },
  { text: enqueue('user_data="a & b"'), told: /line 1, column 23: an & / },
  { text: enqueue('user_data="&nbsp;"'), told: /line 1, column 21: an & / },
  { text: enqueue('user_data="\u0007"'), told: /line 1, column 21: a character/ },
  { text: `${enqueue('')}${enqueue('')}`, told: /root/ },
  { text: `<enqueue>${'<route>'.repeat(1000)}${'</route>'.repeat(1000)}</enqueue>`, told: /nested/ },
  { text: enqueue(`user_data="${'x'.repeat(16_384)}"`), told: /longer than 16384 bytes/ },
  { text: `<queue>${ROUTE}</queue>`, told: /^.*document: unknown element "queue", did you mean enqueue\?/ },
  { text: `<Enqueue>${ROUTE}</Enqueue>`, told: /document: unknown element "Enqueue", did you mean enqueue\?/ },
  { text: `<__proto__>${ROUTE}</__proto__>`, told: /__proto__/ },
  { text: '<response/>', told: /response: exactly one <enqueue>/ },
  { text: `<response>${enqueue('')}${enqueue('')}</response>`, told: /response: exactly one <enqueue>/ },
  { text: '<response><dial/></response>', told: /response: unknown element "dial", did you mean enqueue\?/ },
  { text: '<enqueue/>', told: /enqueue: at least one <route>/ },
  { text: '<enqueue>support</enqueue>', told: /enqueue: text is not expected here: "support"/ },
  { text: '<enqueue><rout/></enqueue>', told: /route 1: unknown element "rout", did you mean route\?/ },
  {
    text: '<enqueue><agent name="1001"/></enqueue>',
    told: /route 1: unknown element "agent", did you mean route\?/,
  },
  { text: enqueue('chioce="lru"'), told: /enqueue: unknown attribute "chioce", did you mean choice\?/ },
  {
    text: enqueue('waitvoice="a.wav"'),
    told: /enqueue: unknown attribute "waitvoice", did you mean wait_voice\?/,
  },
  { text: enqueue('queue_timout="9"'), told: /enqueue: unknown attribute "queue_timout", did you mean/ },
  { text: enqueue('toString="1"'), told: /enqueue: unknown attribute "toString", did you mean/ },
  { text: enqueue('choice="LRU"'), told: /enqueue: choice must be random or lru or order or all, not "LRU"/ },
  {
    text: enqueue('conversation_level="3"'),
    told: /enqueue: conversation_level must be a whole number from 1 to 2/,
  },
  {
    text: enqueue('conversation_timeout="0"'),
    told: /enqueue: conversation_timeout must be .*1 to 21600, not "0"/,
  },
  { text: enqueue('ring_mode="6"'), told: /enqueue: ring_mode must be a whole number from 1 to 5, not "6"/ },
  { text: enqueue('ring_mode="1.5"'), told: /enqueue: ring_mode must be/ },
  { text: enqueue('priority="1000000000"'), told: /enqueue: priority must be a whole number from -999999999/ },
  { text: enqueue('priority="high"'), told: /enqueue: priority must be/ },
  { text: enqueue('play_num="yes"'), told: /enqueue: play_num must be true or false, not "yes"/ },
  { text: enqueue('fail_overflow=""'), told: /enqueue: fail_overflow must be true or false, not ""/ },
  { text: enqueue('wait_voice="../a.wav"'), told: /enqueue: wait_voice must be a plain file name/ },
  { text: enqueue('ring_voice="a b.wav"'), told: /enqueue: ring_voice must be a plain file name/ },
  { text: enqueue('hold_voice="http://a/b.wav"'), told: /enqueue: hold_voice must be a plain file name/ },
  { text: enqueue('pre_num_voice="digits:abc"'), told: /enqueue: pre_num_voice must be/ },
  { text: enqueue('post_num_voice="sound:../a"'), told: /enqueue: post_num_voice must be/ },
  { text: enqueue(`user_data="${'x'.repeat(129)}"`), told: /enqueue: user_data must be .*128/ },
  { text: enqueue('', '<route/>'), told: /route 1: at least one <agent>, <skill> or <condition>/ },
  { text: enqueue('', `${ROUTE}<route/>`), told: /route 2: at least one/ },
  { text: enqueue('', `${ROUTE}<route priority="1"/>`), told: /route 2: unknown attribute "priority"/ },
  {
    text: route('<agents name="1001"/>'),
    told: /route 1, target 1: unknown element "agents", did you mean agent\?/,
  },
  { text: route('<agent name="1"/><skil name="a"/>'), told: /route 1, target 2: unknown element "skil".*skill\?/ },
  { text: route('<agent name="1"/><skill name="a"/>'), told: /route 1: all targets must be of one kind/ },
  { text: route('<agent/>'), told: /route 1, target 1 \(agent\): name is missing/ },
  { text: route('<agent nmae="1001"/>'), told: /route 1, target 1 \(agent\): unknown attribute "nmae", .*name\?/ },
  { text: route('<agent name="a-b"/>'), told: /route 1, target 1 \(agent\): name must be 1 to 32/ },
  {
    text: route('<agent name="1">x</agent>'),
    told: /route 1, target 1 \(agent\): text is not expected here: "x"/,
  },
  { text: route('<agent name="1"><b/></agent>'), told: /route 1, target 1 \(agent\): unknown element "b"/ },
  {
    text: enqueue('', `${ROUTE}<route><agent name="1"/><agent name="2" fetch_timeout="0"/></route>`),
    told: /route 2, target 2 \(agent\): fetch_timeout must be a whole number from 1 to 300, not "0"/,
  },
  { text: route('<skill name=""/>'), told: /route 1, target 1 \(skill\): name must be 1 to 64/ },
  {
    text: route('<skill name="a" queue_timeout="-1"/>'),
    told: /target 1 \(skill\): queue_timeout must be .*0 to/,
  },
  { text: route('<skill name="a" priority="-1"/>'), told: /target 1 \(skill\): priority must be/ },
  { text: route('<condition id="1"/>'), told: /route 1, target 1 \(condition\): id must be 32/ },
  { text: route(`<condition id="${'A'.repeat(32)}"/>`), told: /target 1 \(condition\): id must be 32/ },
  {
    text: route(`<condition id="${'a'.repeat(32)}" queue_timeout="9"/>`),
    told: /route 1, target 1 \(condition\): unknown attribute "queue_timeout", did you mean id\?/,
  },
];
