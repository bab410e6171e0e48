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
const ENQUEUE = '<enqueue><route><agent name="1001"/></route></enqueue>';

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
    body: { to: '13800000000', max_answer_seconds: 60 },
    refusals: ['no-line', 'conversation-not-found', 'conversation-full'],
  },
];

/** Those that only read. They refuse what is not there. */
export const READINGS: readonly Endpoint[] = [
  { method: 'GET', path: EXTENSION, refusals: ['extension-not-found'] },
  { method: 'GET', path: 'extension', refusals: [] },
  { method: 'GET', path: 'agent', refusals: [] },
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
