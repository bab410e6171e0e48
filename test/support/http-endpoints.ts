import type { RefusalReason } from '../../src/domain/refusal';
import { idOf } from './http-objects';

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/v1/callcenter/`. */
  readonly path: string;
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
  'no-line',
] as const satisfies readonly RefusalReason[];
/** Where an agent has to be a member. */
const SEATED = [
  'agent-not-found',
  'conversation-not-found',
  'not-a-member',
] as const satisfies readonly RefusalReason[];

/** Every endpoint that asks the engine for something. */
export const COMMANDS: readonly Endpoint[] = [
  {
    method: 'POST',
    path: 'extension',
    body: { type: '1', user: '100001', password: 'secret1' },
    refusals: ['extension-user-exists', 'phone-system-failed', 'busy'],
  },
  { method: 'DELETE', path: EXTENSION, refusals: ['extension-not-found', 'extension-bound'] },
  {
    method: 'POST',
    path: 'agent',
    body: { name: '1001', extension: idOf(1) },
    refusals: ['parameter-illegal', 'agent-logged-in', 'extension-not-found', 'extension-bound'],
  },
  { method: 'DELETE', path: 'agent/1001', refusals: ['agent-not-found', 'agent-busy'] },
  { method: 'GET', path: 'agent/1001/keepalive', refusals: ['agent-not-found'] },
  { method: 'GET', path: 'agent/1001', refusals: ['agent-not-found'] },
  {
    method: 'POST',
    path: 'agent/1001/extension',
    body: { id: idOf(1) },
    refusals: ['agent-not-found', 'extension-not-found', 'extension-bound'],
  },
  {
    method: 'POST',
    path: 'agent/1001/state',
    body: { state: 'idle' },
    refusals: ['parameter-illegal', 'agent-not-found', 'agent-busy'],
  },
  {
    method: 'POST',
    path: 'agent/1001/skills',
    body: { opts: [{ opt: 1, name: 'sales', score: 5, enabled: true }] },
    refusals: ['agent-not-found'],
  },
  {
    method: 'POST',
    path: 'condition',
    body: { where: 'has("sales")', sort: 'get("sales")', queue_timeout: 60 },
    refusals: ['expression-invalid'],
  },
  {
    method: 'POST',
    path: CONDITION,
    body: { where: 'has("sales")' },
    isBodyOptional: true,
    refusals: ['condition-not-found', 'expression-invalid'],
  },
  { method: 'DELETE', path: CONDITION, refusals: ['condition-not-found'] },
  { method: 'PUT', path: PLAN, body: { enqueue: ENQUEUE }, refusals: ['parameter-illegal', 'plan-in-file'] },
  { method: 'DELETE', path: PLAN, refusals: ['plan-not-found', 'plan-in-file'] },
  { method: 'DELETE', path: TASK, refusals: ['queue-task-not-found'] },
  { method: 'POST', path: TASK, body: { priority: 7 }, refusals: ['queue-task-not-found'] },
  {
    method: 'POST',
    path: 'routing/explain',
    body: { queue_id: idOf(1) },
    isBodyOptional: true,
    refusals: ['parameter-illegal', 'queue-task-not-found'],
  },
  { method: 'DELETE', path: CONVERSATION, refusals: ['conversation-not-found'] },
  {
    method: 'POST',
    path: `${CONVERSATION}/agent/1001/lsm`,
    body: { mode: 1 },
    refusals: ['agent-not-found', 'conversation-not-found', 'not-a-member'],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/call/${idOf(2)}/lsm`,
    body: { mode: 1 },
    refusals: ['call-not-found', 'conversation-not-found', 'not-a-member'],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/invite_agent`,
    body: { enqueue: ENQUEUE },
    refusals: [
      'parameter-illegal',
      'condition-not-found',
      'agent-not-found',
      'conversation-not-found',
      'conversation-full',
    ],
  },
  {
    method: 'POST',
    path: `${CONVERSATION}/invite_out`,
    body: OUTSIDE,
    refusals: ['no-line', 'conversation-not-found', 'conversation-full'],
  },
  {
    method: 'POST',
    path: 'agent/1001/reject',
    body: { queue_id: idOf(1) },
    refusals: ['agent-not-found', 'queue-task-not-found', 'busy'],
  },
  {
    method: 'POST',
    path: 'agent/1001/fwd_agent',
    body: { queue_task_id: idOf(1), enqueue: ENQUEUE },
    refusals: ['parameter-illegal', 'agent-not-found', 'condition-not-found', 'queue-task-not-found', 'busy'],
  },
  { method: 'POST', path: 'agent/1001/call_out', body: OUTSIDE, refusals: OWN_PHONE },
  {
    method: 'POST',
    path: 'agent/1001/call_agent',
    body: { enqueue: ENQUEUE },
    refusals: [...OWN_PHONE, 'parameter-illegal', 'condition-not-found'],
  },
  {
    method: 'POST',
    path: 'agent/1001/xfer_agent',
    body: { ...IN_CONVERSATION, enqueue: ENQUEUE },
    refusals: [...SEATED, 'parameter-illegal', 'condition-not-found'],
  },
  {
    method: 'POST',
    path: 'agent/1001/xfer_out',
    body: { ...IN_CONVERSATION, ...OUTSIDE },
    refusals: [...SEATED, 'no-line'],
  },
  { method: 'POST', path: 'agent/1001/lsm', body: IN_CONVERSATION, refusals: SEATED },
  {
    method: 'POST',
    path: 'agent/1001/enter',
    body: IN_CONVERSATION,
    refusals: [...OWN_PHONE, 'conversation-not-found', 'conversation-full'],
  },
  {
    method: 'POST',
    path: 'agent/1001/coach',
    body: { ...IN_CONVERSATION, to: '1002' },
    refusals: [...OWN_PHONE, 'parameter-illegal', 'conversation-not-found', 'conversation-full', 'not-a-member'],
  },
  { method: 'POST', path: 'agent/1001/exit', body: IN_CONVERSATION, refusals: SEATED },
  {
    method: 'POST',
    path: 'agent/1001/merge',
    body: { src_conversation_id: idOf(1), dst_conversation_id: idOf(2) },
    refusals: [...SEATED, 'parameter-illegal', 'conversation-full'],
  },
];

/** Those that only read. They refuse what is not there. */
export const READINGS: readonly Endpoint[] = [
  { method: 'GET', path: EXTENSION, refusals: ['extension-not-found'] },
  { method: 'GET', path: 'extension', refusals: [] },
  { method: 'GET', path: 'agent', refusals: [] },
  { method: 'GET', path: 'agent/1001/conversation', refusals: ['agent-not-found'] },
  { method: 'GET', path: CONDITION, refusals: ['condition-not-found'] },
  { method: 'GET', path: 'condition', refusals: [] },
  { method: 'GET', path: PLAN, refusals: ['plan-not-found'] },
  { method: 'GET', path: 'plan', refusals: [] },
  { method: 'GET', path: 'queue', refusals: [] },
  { method: 'GET', path: CONVERSATION, refusals: ['conversation-not-found'] },
  { method: 'GET', path: 'conversation', refusals: [] },
];

/** Those that deal with sounds, which the engine knows nothing of. */
export const ON_SOUNDS: readonly Endpoint[] = [
  { method: 'PUT', path: SOUND, body: Buffer.from('RIFF'), refusals: [] },
  { method: 'GET', path: SOUND, refusals: ['sound-not-found'] },
  { method: 'GET', path: 'sound', refusals: [] },
  { method: 'DELETE', path: SOUND, refusals: ['sound-not-found'] },
];

export const ENDPOINTS: readonly Endpoint[] = [...COMMANDS, ...READINGS, ...ON_SOUNDS];
