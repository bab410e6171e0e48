import { DESCRIBED, type Described } from '../support/api-document';
import { RINGING_TASK, rightRequest, SPARE_EXTENSION } from '../support/api-requests';
import { ALL_MAY, startStage } from '../support/api-stages';
import { idOf } from '../support/http-objects';

/** What changes nothing, and what the engine does not decide: sounds are files, and a replay is a delivery. */
const NOT_DECIDED = /^GET |routing.explain|sound|replay/;
const nameOf = ({ method, path }: Described): string => `${method} ${path}`;

const NEW = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
const [TALK, SPARE] = [idOf(1), idOf(SPARE_EXTENSION)];
const TO = '13800000000';
const started = { callId: NEW, conversationId: NEW };

type Fields = Readonly<Record<string, unknown>>;

/** Of the request in `api-requests.ts`. */
const LINES: Readonly<Record<string, readonly [message: string, fields: Fields]>> = {
  'POST /callcenter/extension': ['extension created', { extensionId: NEW, type: '1' }],
  'DELETE /callcenter/extension/{id}': ['extension deleted', { extensionId: SPARE }],
  'POST /callcenter/agent': [
    'agent logged in',
    {
      name: '1009',
      extensionId: SPARE,
      state: 'online',
      skills: [{ name: 'sales', score: 5, enabled: true }],
    },
  ],
  'DELETE /callcenter/agent/{name}': ['agent logged out', { name: '1002', force: false }],
  'POST /callcenter/agent/{name}/extension': ['agent extension set', { name: '1002', extensionId: SPARE }],
  'POST /callcenter/agent/{name}/state': ['agent state set', { name: '1002', state: 'busy/lunch' }],
  'POST /callcenter/agent/{name}/skills': [
    'agent skills changed',
    { name: '1002', changes: [{ do: 'add', name: 'sales', score: 1 }] },
  ],
  'POST /callcenter/agent/{name}/reject': ['call rejected', { name: '1003', taskId: NEW }],
  'POST /callcenter/agent/{name}/fwd_agent': ['call forwarded', { name: '1003', taskId: NEW, next: NEW }],
  'POST /callcenter/agent/{name}/call_out': ['agent calls a number', { name: '1002', to: TO, ...started }],
  'POST /callcenter/agent/{name}/call_agent': ['agent calls an agent', { name: '1001', taskId: NEW, ...started }],
  'POST /callcenter/agent/{name}/xfer_agent': [
    'agent transfers to an agent',
    { name: '1001', conversationId: TALK, taskId: NEW },
  ],
  'POST /callcenter/agent/{name}/xfer_out': [
    'agent transfers to a number',
    { name: '1001', conversationId: TALK, to: TO, callId: NEW },
  ],
  'POST /callcenter/agent/{name}/lsm': ['mode set', { name: '1001', conversationId: TALK, mode: 2 }],
  'POST /callcenter/agent/{name}/enter': [
    'agent enters',
    { name: '1002', conversationId: TALK, mode: 1, holding: true },
  ],
  'POST /callcenter/agent/{name}/coach': ['agent coaches', { name: '1002', conversationId: TALK, to: '1001' }],
  'POST /callcenter/agent/{name}/exit': ['agent exits', { name: '1001', conversationId: TALK }],
  'POST /callcenter/agent/{name}/merge': [
    'conversations merged',
    { name: '1001', conversationId: TALK, from: idOf(2), mode: 1 },
  ],
  'POST /callcenter/condition': ['condition created', { conditionId: NEW }],
  'POST /callcenter/condition/{id}': ['condition changed', { conditionId: idOf(1) }],
  'DELETE /callcenter/condition/{id}': ['condition deleted', { conditionId: idOf(1) }],
  'PUT /callcenter/plan/{name}': ['plan put', { plan: 'new' }],
  'DELETE /callcenter/plan/{name}': ['plan deleted', { plan: 'support' }],
  'DELETE /callcenter/queue/{id}': ['queue task cancelled', { taskId: idOf(1) }],
  'POST /callcenter/queue/{id}': ['queue task priority set', { taskId: idOf(1), priority: 7 }],
  'DELETE /callcenter/conversation/{id}': ['conversation dissolved', { conversationId: TALK }],
  'POST /callcenter/conversation/{id}/agent/{name}/lsm': [
    'mode set',
    { conversationId: TALK, name: '1001', mode: 2 },
  ],
  'POST /callcenter/conversation/{id}/call/{call_id}/lsm': [
    'mode set',
    { conversationId: TALK, callId: idOf(3), mode: 2 },
  ],
  'POST /callcenter/conversation/{id}/invite_agent': [
    'agent invited',
    { conversationId: TALK, mode: 1, taskId: NEW },
  ],
  'POST /callcenter/conversation/{id}/invite_out': [
    'number invited',
    { conversationId: TALK, to: TO, mode: 1, callId: NEW },
  ],
};

/** What the service logs of the request, but for the events that come of it. */
async function linesOf(operation: Described, times = 1, key: object = {}): Promise<readonly unknown[]> {
  const { method, path, body } = rightRequest(operation);
  const staged = await startStage('usual');
  const text = JSON.stringify(body)?.replaceAll(RINGING_TASK, staged.ringingTask);
  const headers = { Authorization: `Bearer ${ALL_MAY}`, ...key };
  for (let count = 0; count < times; count++) {
    const { status } = await staged.server.send(method, path, { ...(text && { body: text }), headers });
    expect(status).toBe(count === 0 || 'Idempotency-Key' in key ? 200 : 404);
  }
  await staged.close();
  return staged.log.filter(({ message }) => !message.startsWith('callcenter.'));
}

const decided = DESCRIBED.map((each) => [nameOf(each), each] as const).filter(([name]) => !NOT_DECIDED.test(name));

test.each(decided)('%s has one line, which says what was decided', async (name, operation) => {
  const [message, fields] = LINES[name]!;
  expect(await linesOf(operation)).toEqual([{ level: 'info', message, app: 'north', ...fields }]);
});

const named = (name: string): Described => decided.find(([each]) => each === name)![1];

test('given the same once more, which is refused, it has none', async () => {
  expect(await linesOf(named('DELETE /callcenter/extension/{id}'), 2)).toHaveLength(1);
});

test('given the same once more with its key, which is answered and not done again, it has none', async () => {
  const key = { 'Idempotency-Key': 'once' };
  expect(await linesOf(named('POST /callcenter/conversation/{id}/invite_out'), 2, key)).toHaveLength(1);
});
