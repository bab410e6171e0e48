import type { Described } from './api-document';
import { idOf } from './http-objects';

/** A request that is right, or nearly so. */
export type ApiRequest = {
  readonly method: string;
  /** From the root. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** What there is none of. */
const UNKNOWN = idOf(99);
const [TALK, FULL_TALK] = [idOf(1), idOf(2)];
export const SPARE_EXTENSION = 9;
/** Beside those of `things-of.ts`: who rings, whose phone is off, whose number is not allowed. */
export const [RINGING, OFFLINE, DEAR] = ['1003', '1004', '1005'] as const;
export const DEAR_NUMBER = '16600000000';
/** Stands for the id of the task that rings. */
export const RINGING_TASK = '<ringing>';

/** Of a request that was sent before. */
export const USED_KEY = 'used-key';
/** Of a client that has sent too much. */
export const BUSY_TOKEN = 'sends-too-much';

const TO = { to: '13800000000', max_answer_seconds: 60 };
const enqueueFor = (target: string): string => `<enqueue><route>${target}</route></enqueue>`;
const ENQUEUE = enqueueFor('<agent name="1002"/>');
const IN_TALK = { conversation_id: TALK };

type Right = readonly [path: string, body?: unknown];

/** One that succeeds, for each operation. */
const RIGHT: Readonly<Record<string, Right>> = {
  'POST /callcenter/extension': ['extension', { type: '1', user: '100077', password: 'talk2me' }],
  'GET /callcenter/extension/{id}': [`extension/${idOf(1)}`],
  'GET /callcenter/extension': ['extension?pageSize=2'],
  'DELETE /callcenter/extension/{id}': [`extension/${idOf(SPARE_EXTENSION)}`],
  'POST /callcenter/agent': [
    'agent',
    { name: '1009', extension: idOf(SPARE_EXTENSION), skills: [{ name: 'sales', score: 5, enabled: true }] },
  ],
  'DELETE /callcenter/agent/{name}': ['agent/1002?force=false'],
  'GET /callcenter/agent/{name}/keepalive': ['agent/1001/keepalive'],
  'GET /callcenter/agent/{name}': ['agent/1001'],
  'GET /callcenter/agent': ['agent?state=talking'],
  'POST /callcenter/agent/{name}/extension': ['agent/1002/extension', { id: idOf(SPARE_EXTENSION) }],
  'POST /callcenter/agent/{name}/state': ['agent/1002/state', { state: 'busy/lunch' }],
  'POST /callcenter/agent/{name}/skills': ['agent/1002/skills', { opts: [{ opt: 1, name: 'sales', score: 1 }] }],
  'POST /callcenter/agent/{name}/reject': [`agent/${RINGING}/reject`, { queue_id: RINGING_TASK }],
  'POST /callcenter/agent/{name}/fwd_agent': [
    `agent/${RINGING}/fwd_agent`,
    { queue_task_id: RINGING_TASK, enqueue: ENQUEUE },
  ],
  'POST /callcenter/agent/{name}/call_out': ['agent/1002/call_out', TO],
  'POST /callcenter/agent/{name}/call_agent': ['agent/1001/call_agent', { enqueue: ENQUEUE }],
  'POST /callcenter/agent/{name}/xfer_agent': ['agent/1001/xfer_agent', { ...IN_TALK, enqueue: ENQUEUE }],
  'POST /callcenter/agent/{name}/xfer_out': ['agent/1001/xfer_out', { ...IN_TALK, ...TO }],
  'POST /callcenter/agent/{name}/lsm': ['agent/1001/lsm', { ...IN_TALK, mode: 2 }],
  'POST /callcenter/agent/{name}/enter': ['agent/1002/enter', IN_TALK],
  'POST /callcenter/agent/{name}/coach': ['agent/1002/coach', { ...IN_TALK, to: '1001' }],
  'POST /callcenter/agent/{name}/exit': ['agent/1001/exit', IN_TALK],
  'POST /callcenter/agent/{name}/merge': [
    'agent/1001/merge',
    { src_conversation_id: TALK, dst_conversation_id: FULL_TALK },
  ],
  'GET /callcenter/agent/{name}/conversation': ['agent/1001/conversation'],
  'POST /callcenter/condition': ['condition', { where: 'has("sales")', queue_timeout: 60 }],
  'POST /callcenter/condition/{id}': [`condition/${idOf(1)}`, { where: 'has("support")' }],
  'DELETE /callcenter/condition/{id}': [`condition/${idOf(1)}`],
  'GET /callcenter/condition/{id}': [`condition/${idOf(1)}`],
  'GET /callcenter/condition': ['condition'],
  'PUT /callcenter/plan/{name}': ['plan/new', { enqueue: ENQUEUE }],
  'GET /callcenter/plan/{name}': ['plan/support'],
  'GET /callcenter/plan': ['plan'],
  'DELETE /callcenter/plan/{name}': ['plan/support'],
  'PUT /callcenter/sound/{name}': ['sound/new.wav', Buffer.from('RIFF')],
  'GET /callcenter/sound/{name}': ['sound/welcome.wav'],
  'GET /callcenter/sound': ['sound'],
  'DELETE /callcenter/sound/{name}': ['sound/welcome.wav'],
  'GET /callcenter/queue': ['queue'],
  'DELETE /callcenter/queue/{id}': [`queue/${idOf(1)}`],
  'POST /callcenter/queue/{id}': [`queue/${idOf(1)}`, { priority: 7 }],
  'POST /callcenter/routing/explain': ['routing/explain', { queue_id: idOf(1) }],
  'GET /callcenter/conversation/{id}': [`conversation/${TALK}`],
  'GET /callcenter/conversation': ['conversation'],
  'DELETE /callcenter/conversation/{id}': [`conversation/${TALK}`],
  'POST /callcenter/conversation/{id}/agent/{name}/lsm': [`conversation/${TALK}/agent/1001/lsm`, { mode: 2 }],
  'POST /callcenter/conversation/{id}/call/{call_id}/lsm': [
    `conversation/${TALK}/call/${idOf(3)}/lsm`,
    { mode: 2 },
  ],
  'POST /callcenter/conversation/{id}/invite_agent': [`conversation/${TALK}/invite_agent`, { enqueue: ENQUEUE }],
  'POST /callcenter/conversation/{id}/invite_out': [`conversation/${TALK}/invite_out`, TO],
  'GET /callcenter/conversation/{id}/events': [`conversation/${TALK}/events`],
  'GET /callcenter/event/{id}': [`event/${idOf(1)}`],
  'POST /callcenter/event/{id}/replay': [`event/${idOf(1)}/replay`],
  'GET /callcenter/delivery': ['delivery'],
  'POST /callcenter/delivery/replay': ['delivery/replay', { limit: 10 }],
  'GET /callcenter/events': ['events'],
  'GET /healthz': ['/healthz'],
  'GET /readyz': ['/readyz'],
  'GET /metrics': ['/metrics'],
  'GET /openapi.json': ['/v1/openapi.json'],
};

/** @throws Error for an operation that nobody has said how to call. */
export function rightRequest({ method, path }: Pick<Described, 'method' | 'path'>): ApiRequest {
  const right = RIGHT[`${method} ${path}`];
  if (right === undefined) throw new Error(`how is ${method} ${path} called?`);
  const [below, body] = right;
  return { method, path: below.startsWith('/') ? below : `/v1/callcenter/${below}`, body };
}

type Change = (request: ApiRequest) => ApiRequest;

const withPath =
  (pattern: RegExp, by: string): Change =>
  (request) => ({ ...request, path: request.path.replace(pattern, by) });

const withBody =
  (parts: object): Change =>
  (request) => ({ ...request, body: { ...(request.body as object), ...parts } });

/** The part of the path, or else the part of the body. */
const instead =
  (pattern: RegExp, by: string, parts: object): Change =>
  (request) =>
    pattern.test(request.path) ? withPath(pattern, by)(request) : withBody(parts)(request);

const byAgent = (name: string): Change => withPath(/agent\/\w+/, `agent/${name}`);
const inConversation = (id: string): Change =>
  instead(/conversation\/\w+/, `conversation/${id}`, { conversation_id: id, src_conversation_id: id });
const isCallOut = ({ body }: ApiRequest): boolean =>
  typeof body === 'object' && body !== null && 'max_answer_seconds' in body;

const notAMember: Change = (request) => {
  if (request.path.includes('/call/')) return withPath(/call\/\w+/, `call/${idOf(5)}`)(request);
  return request.path.endsWith('/coach') ? withBody({ to: OFFLINE })(request) : byAgent('1002')(request);
};

const full: Change = (request) =>
  request.path.endsWith('/merge')
    ? withBody({ src_conversation_id: FULL_TALK, dst_conversation_id: TALK })(request)
    : inConversation(FULL_TALK)(request);

const dear: Change = (request) => {
  if (isCallOut(request)) return withBody({ to: DEAR_NUMBER })(request);
  const isNewExtension = request.path.endsWith('/extension');
  return isNewExtension ? { ...request, body: { type: '3', telnum: DEAR_NUMBER } } : byAgent(DEAR)(request);
};

const wrong: Change = (request) => {
  if (request.path.endsWith('/events')) return { ...request, path: `${request.path}?agent=a-b&pageNo=0` };
  if (request.path.includes('/sound/')) return withPath(/sound\/.*/, 'sound/no-extension')(request);
  if (request.method === 'DELETE') return { ...request, path: request.path.replace('=false', '=perhaps') };
  return request.method === 'GET'
    ? { ...request, path: `${request.path.split('?')[0]}?pageNo=0` }
    : { ...request, body: '[' };
};

const tooLarge: Change = (request) => ({
  ...request,
  body: Buffer.alloc(request.path.includes('/sound/') ? 16 * 1024 * 1024 + 1 : 65_537),
});

const asToken =
  (token: string): Change =>
  (request) => ({ ...request, headers: { Authorization: `Bearer ${token}` } });
const withKey =
  (key: string): Change =>
  (request) => ({ ...request, headers: { 'Idempotency-Key': key } });
const asXml: Change = (request) => ({ ...request, body: '<a/>', headers: { 'Content-Type': 'text/xml' } });

/** Where it is asked, and what becomes of a right request so that it is refused with this status and code. */
export type Way = { readonly at: Stage; readonly change: Change };
export type Stage =
  'usual' | 'without-asterisk' | 'without-trunk' | 'late' | 'refusing' | 'broken' | 'storeless' | 'crowded';

const usual = (change: Change): Way => ({ at: 'usual', change });
const asIs = (at: Stage): Way => ({ at, change: (request) => request });

export const WAYS_TO_FAIL: Readonly<Record<string, Way>> = {
  '400 000001': usual(wrong),
  '400 040402': usual(withBody({ where: '((' })),
  '401 000007': usual(asToken('nobodys')),
  '403 000008': usual(asToken('reads')),
  '403 010002': usual(asToken('disabled')),
  '403 010004': usual(asToken('elsewhere')),
  '403 020001': usual(dear),
  '404 020000': usual(withPath(/call\/\w+/, `call/${UNKNOWN}`)),
  '404 040103': usual(instead(/extension\/\w+/, `extension/${UNKNOWN}`, { id: UNKNOWN, extension: UNKNOWN })),
  '404 040202': usual(instead(/agent\/\w+/, 'agent/nobody', { enqueue: enqueueFor('<agent name="nobody"/>') })),
  '404 040401': usual(
    instead(/condition\/\w+/, `condition/${UNKNOWN}`, { enqueue: enqueueFor(`<condition id="${UNKNOWN}"/>`) }),
  ),
  '404 040501': usual(inConversation(UNKNOWN)),
  '404 040601': usual(instead(/queue\/\w+/, `queue/${UNKNOWN}`, { queue_id: UNKNOWN, queue_task_id: UNKNOWN })),
  '404 040701': usual(withPath(/plan\/.*/, 'plan/unknown')),
  '404 040801': usual(withPath(/sound\/.*/, 'sound/unknown.wav')),
  '404 040901': usual(withPath(/event\/\w+/, `event/${UNKNOWN}`)),
  '409 040101': usual(withBody({ user: '100001' })),
  '409 040102': usual(instead(/extension\/\w+/, `extension/${idOf(1)}`, { id: idOf(1), extension: idOf(1) })),
  '409 040104': usual(byAgent(OFFLINE)),
  '409 040201': usual(withBody({ name: '1001' })),
  '409 040203': usual(byAgent(RINGING)),
  '409 040204': { at: 'late', change: byAgent('1002') },
  '409 040502': usual(full),
  '409 040503': usual(notAMember),
  '409 040702': usual(withPath(/plan\/.*/, 'plan/fixed')),
  '413 000001': usual(tooLarge),
  '415 000001': usual(asXml),
  '422 000006': usual(withKey(USED_KEY)),
  '429 000005': {
    at: 'crowded',
    change: (request) => (request.path.endsWith('/callcenter/events') ? request : asToken(BUSY_TOKEN)(request)),
  },
  '500 000002': asIs('broken'),
  '502 000003': asIs('refusing'),
  '503 000004': asIs('storeless'),
  '503 020002': {
    at: 'without-trunk',
    change: (request) => (isCallOut(request) ? request : byAgent(DEAR)(request)),
  },
};
