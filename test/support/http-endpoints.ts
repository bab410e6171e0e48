import type { RefusalReason } from '../../src/domain/refusal';
import { idOf } from './http-objects';

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/v1/callcenter/`. */
  readonly path: string;
  /** One that is right. */
  readonly body?: object;
  /** What the engine may refuse it for. */
  readonly refusals: readonly RefusalReason[];
};

const CONVERSATION = `conversation/${idOf(1)}`;
const EXTENSION = `extension/${idOf(1)}`;
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

/** Those that only read. */
export const READINGS: readonly Endpoint[] = [
  { method: 'GET', path: EXTENSION, refusals: [] },
  { method: 'GET', path: 'extension', refusals: [] },
  { method: 'GET', path: 'agent', refusals: [] },
  { method: 'GET', path: CONVERSATION, refusals: [] },
  { method: 'GET', path: 'conversation', refusals: [] },
];

export const ENDPOINTS: readonly Endpoint[] = [...COMMANDS, ...READINGS];
