import type { ClientRole } from '../../src/adapters/http/client-role';
import type { RefusalReason } from '../../src/domain/refusal';
import { idOf } from './http-objects';

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v1/callcenter/`. */
  readonly path: string;
  /** What a client needs to be allowed to do. */
  readonly role: ClientRole;
  /** One that is right. */
  readonly body?: object;
  /** Without any body it would do, too. */
  readonly isBodyOptional?: true;
  /** What the engine may refuse it for. */
  readonly refusals: readonly RefusalReason[];
};

const CONVERSATION = `conversation/${idOf(1)}`;
const EXTENSION = `extension/${idOf(1)}`;
const CONDITION = `condition/${idOf(1)}`;
const PLAN = 'plan/support';
const EVENT = `event/${idOf(1)}`;
const TASK = `queue/${idOf(1)}`;
const SOUND = 'sound/welcome.wav';
const OUTSIDE = { to: '13800000000', max_answer_seconds: 60 };
const ENQUEUE = '<enqueue><route><agent name="1001"/></route></enqueue>';
const IN_CONVERSATION = { conversation_id: idOf(1) };

/** Where an agent's phone may have to be rung first. */
const OWN_PHONE = [
  'agent-not-found',
  'agent-busy',
  'agent-expired',
  'extension-unavailable',
  'number-not-allowed',
  'no-line',
] as const satisfies readonly RefusalReason[];
/** Where an agent has to be a member. */
const SEATED = [
  'agent-not-found',
  'conversation-not-found',
  'not-a-member',
] as const satisfies readonly RefusalReason[];
/** Where a repeat would start a second thing. */
export const REPEATED = 'idempotency-key-used' as const satisfies RefusalReason;

/** Every endpoint that asks the engine for something. */
export const COMMANDS: readonly Endpoint[] = [
  {
    method: 'POST',
    path: 'extension',
    role: 'admin',
    body: { type: '1', user: '100001', password: 'secret1' },
    refusals: ['extension-user-exists', 'number-not-allowed', 'phone-system-failed', 'busy', REPEATED],
  },
  { method: 'DELETE', path: EXTENSION, role: 'admin', refusals: ['extension-not-found', 'extension-bound'] },
  {
    method: 'POST',
    path: 'agent',
    role: 'operate',
    body: { name: '1001', extension: idOf(1) },
    refusals: ['parameter-illegal', 'agent-logged-in', 'extension-not-found', 'extension-bound', REPEATED],
  },
  { method: 'DELETE', path: 'agent/1001', role: 'operate', refusals: ['agent-not-found', 'agent-busy'] },
  { method: 'GET', path: 'agent/1001/keepalive', role: 'operate', refusals: ['agent-not-found'] },
  { method: 'GET', path: 'agent/1001', role: 'read', refusals: ['agent-not-found'] },
  {
    method: 'POST',
    path: 'agent/1001/extension',
    role: 'operate',
    body: { id: idOf(1) },
    refusals: ['agent-not-found', 'extension-not-found', 'extension-bound'],
  },
  {
    method: 'POST',
    path: 'agent/1001/state',
    role: 'operate',
    body: { state: 'idle' },
    refusals: ['parameter-illegal', 'agent-not-found', 'agent-busy'],
  },
  {
    method: 'POST',
    path: 'agent/1001/skills',
    role: 'operate',
    body: { opts: [{ opt: 1, name: 'sales', score: 5, enabled: true }] },
    refusals: ['agent-not-found'],
  },
  {
    method: 'POST',
    path: 'condition',
    role: 'admin',
    body: { where: 'has("sales")', sort: 'get("sales")', queue_timeout: 60 },
    refusals: ['expression-invalid', REPEATED],
  },
  {
    method: 'POST',
    path: CONDITION,
    role: 'admin',
    body: { where: 'has("sales")' },
    isBodyOptional: true,
    refusals: ['condition-not-found', 'expression-invalid'],
  },
  { method: 'DELETE', path: CONDITION, role: 'admin', refusals: ['condition-not-found'] },
  {
    method: 'PUT',
    path: PLAN,
    role: 'admin',
    body: { enqueue: ENQUEUE },
    refusals: ['parameter-illegal', 'plan-in-file'],
  },
  { method: 'DELETE', path: PLAN, role: 'admin', refusals: ['plan-not-found', 'plan-in-file'] },
  { method: 'DELETE', path: TASK, role: 'operate', refusals: ['queue-task-not-found'] },
  { method: 'POST', path: TASK, role: 'operate', body: { priority: 7 }, refusals: ['queue-task-not-found'] },
  {
    method: 'POST',
    path: 'routing/explain',
    role: 'read',
    body: { queue_id: idOf(1) },
    isBodyOptional: true,
    refusals: ['parameter-illegal', 'queue-task-not-found'],
  },
  { method: 'DELETE', path: CONVERSATION, role: 'operate', refusals: ['conversation-not-found'] },
  {
    method: 'POST',
    path: `${CONVERSATION}/agent/1001/lsm`,
    role: 'operate',
    body: { mode: 1 },
    refusals: ['agent-not-found', 'conversation-not-found', 'not-a-member'],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/call/${idOf(2)}/lsm`,
    role: 'operate',
    body: { mode: 1 },
    refusals: ['call-not-found', 'conversation-not-found', 'not-a-member'],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/invite_agent`,
    role: 'operate',
    body: { enqueue: ENQUEUE },
    refusals: [
      'parameter-illegal',
      'condition-not-found',
      'agent-not-found',
      'conversation-not-found',
      'conversation-full',
      REPEATED,
    ],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/invite_out`,
    role: 'operate',
    body: OUTSIDE,
    refusals: ['number-not-allowed', 'no-line', 'conversation-not-found', 'conversation-full', REPEATED],
  },
  {
    method: 'POST',
    path: 'agent/1001/reject',
    role: 'operate',
    body: { queue_id: idOf(1) },
    refusals: ['agent-not-found', 'queue-task-not-found', 'busy'],
  },
  {
    method: 'POST',
    path: 'agent/1001/fwd_agent',
    role: 'operate',
    body: { queue_task_id: idOf(1), enqueue: ENQUEUE },
    refusals: [
      'parameter-illegal',
      'agent-not-found',
      'condition-not-found',
      'queue-task-not-found',
      'busy',
      REPEATED,
    ],
  },
  {
    method: 'POST',
    path: 'agent/1001/call_out',
    role: 'operate',
    body: OUTSIDE,
    refusals: [...OWN_PHONE, REPEATED],
  },
  {
    method: 'POST',
    path: 'agent/1001/call_agent',
    role: 'operate',
    body: { enqueue: ENQUEUE },
    refusals: [...OWN_PHONE, 'parameter-illegal', 'condition-not-found', REPEATED],
  },
  {
    method: 'POST',
    path: 'agent/1001/xfer_agent',
    role: 'operate',
    body: { ...IN_CONVERSATION, enqueue: ENQUEUE },
    refusals: [...SEATED, 'parameter-illegal', 'condition-not-found', REPEATED],
  },
  {
    method: 'POST',
    path: 'agent/1001/xfer_out',
    role: 'operate',
    body: { ...IN_CONVERSATION, ...OUTSIDE },
    refusals: [...SEATED, 'number-not-allowed', 'no-line', REPEATED],
  },
  { method: 'POST', path: 'agent/1001/lsm', role: 'operate', body: IN_CONVERSATION, refusals: SEATED },
  {
    method: 'POST',
    path: 'agent/1001/enter',
    role: 'operate',
    body: IN_CONVERSATION,
    refusals: [...OWN_PHONE, 'conversation-not-found', 'conversation-full', REPEATED],
  },
  {
    method: 'POST',
    path: 'agent/1001/coach',
    role: 'operate',
    body: { ...IN_CONVERSATION, to: '1002' },
    refusals: [
      ...OWN_PHONE,
      'parameter-illegal',
      'conversation-not-found',
      'conversation-full',
      'not-a-member',
      REPEATED,
    ],
  },
  { method: 'POST', path: 'agent/1001/exit', role: 'operate', body: IN_CONVERSATION, refusals: SEATED },
  {
    method: 'POST',
    path: 'agent/1001/merge',
    role: 'operate',
    body: { src_conversation_id: idOf(1), dst_conversation_id: idOf(2) },
    refusals: [...SEATED, 'parameter-illegal', 'conversation-full'],
  },
];

/** Those that only read. They refuse what is not there. */
export const READINGS: readonly Endpoint[] = [
  { method: 'GET', path: EXTENSION, role: 'read', refusals: ['extension-not-found'] },
  { method: 'GET', path: 'extension', role: 'read', refusals: [] },
  { method: 'GET', path: 'agent', role: 'read', refusals: [] },
  { method: 'GET', path: 'agent/1001/conversation', role: 'read', refusals: ['agent-not-found'] },
  { method: 'GET', path: CONDITION, role: 'read', refusals: ['condition-not-found'] },
  { method: 'GET', path: 'condition', role: 'read', refusals: [] },
  { method: 'GET', path: PLAN, role: 'read', refusals: ['plan-not-found'] },
  { method: 'GET', path: 'plan', role: 'read', refusals: [] },
  { method: 'GET', path: 'queue', role: 'read', refusals: [] },
  { method: 'GET', path: CONVERSATION, role: 'read', refusals: ['conversation-not-found'] },
  { method: 'GET', path: 'conversation', role: 'read', refusals: [] },
  { method: 'GET', path: `${CONVERSATION}/events`, role: 'read', refusals: ['conversation-not-found'] },
  { method: 'GET', path: EVENT, role: 'read', refusals: ['event-not-found'] },
  {
    method: 'POST',
    path: `${EVENT}/replay`,
    role: 'admin',
    body: {},
    isBodyOptional: true,
    refusals: ['event-not-found'],
  },
  { method: 'GET', path: 'delivery', role: 'read', refusals: [] },
  { method: 'POST', path: 'delivery/replay', role: 'admin', body: {}, isBodyOptional: true, refusals: [] },
];

/** Those that deal with sounds, which the engine knows nothing of. */
export const ON_SOUNDS: readonly Endpoint[] = [
  { method: 'PUT', path: SOUND, role: 'admin', body: Buffer.from('RIFF'), refusals: [] },
  { method: 'GET', path: SOUND, role: 'read', refusals: ['sound-not-found'] },
  { method: 'GET', path: 'sound', role: 'read', refusals: [] },
  { method: 'DELETE', path: SOUND, role: 'admin', refusals: ['sound-not-found'] },
];

export const ENDPOINTS: readonly Endpoint[] = [...COMMANDS, ...READINGS, ...ON_SOUNDS];
