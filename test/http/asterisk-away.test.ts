import type { CommandType } from '../../src/domain/input';
import { Service } from '../../src/runtime/service';
import { type ApiRequest, RINGING_TASK, rightRequest } from '../support/api-requests';
import { ALL_MAY, type StagedServer, startStage } from '../support/api-stages';
import type { Received } from '../support/http-client';
import { idOf } from '../support/http-objects';
import { MemoryStorage } from '../support/memory-storage/memory-storage';

/** What becomes of each command while Asterisk is away, and how it is asked for: an entry of `rightRequest`. */
const COMMANDS: Readonly<Record<CommandType, readonly ['works' | 'waits', operation: string]>> = {
  'log-in': ['works', 'POST /callcenter/agent'],
  'log-out': ['works', 'DELETE /callcenter/agent/{name}'],
  'keep-alive': ['works', 'GET /callcenter/agent/{name}/keepalive'],
  'bind-extension': ['works', 'POST /callcenter/agent/{name}/extension'],
  'set-state': ['works', 'POST /callcenter/agent/{name}/state'],
  'set-skills': ['works', 'POST /callcenter/agent/{name}/skills'],
  'create-condition': ['works', 'POST /callcenter/condition'],
  'change-condition': ['works', 'POST /callcenter/condition/{id}'],
  'delete-condition': ['works', 'DELETE /callcenter/condition/{id}'],
  'put-plan': ['works', 'PUT /callcenter/plan/{name}'],
  'delete-plan': ['works', 'DELETE /callcenter/plan/{name}'],
  'set-task-priority': ['works', 'POST /callcenter/queue/{id}'],
  'create-extension': ['waits', 'POST /callcenter/extension'],
  'delete-extension': ['waits', 'DELETE /callcenter/extension/{id}'],
  'set-agent-mode': ['waits', 'POST /callcenter/conversation/{id}/agent/{name}/lsm'],
  'set-call-mode': ['waits', 'POST /callcenter/conversation/{id}/call/{call_id}/lsm'],
  'invite-out': ['waits', 'POST /callcenter/conversation/{id}/invite_out'],
  'invite-agent': ['waits', 'POST /callcenter/conversation/{id}/invite_agent'],
  dissolve: ['waits', 'DELETE /callcenter/conversation/{id}'],
  reject: ['waits', 'POST /callcenter/agent/{name}/reject'],
  'forward-to-agent': ['waits', 'POST /callcenter/agent/{name}/fwd_agent'],
  'call-out': ['waits', 'POST /callcenter/agent/{name}/call_out'],
  'call-agent': ['waits', 'POST /callcenter/agent/{name}/call_agent'],
  'transfer-to-agent': ['waits', 'POST /callcenter/agent/{name}/xfer_agent'],
  'transfer-out': ['waits', 'POST /callcenter/agent/{name}/xfer_out'],
  enter: ['waits', 'POST /callcenter/agent/{name}/enter'],
  coach: ['waits', 'POST /callcenter/agent/{name}/coach'],
  exit: ['waits', 'POST /callcenter/agent/{name}/exit'],
  merge: ['waits', 'POST /callcenter/agent/{name}/merge'],
  'cancel-task': ['waits', 'DELETE /callcenter/queue/{id}'],
};
const types = Object.keys(COMMANDS) as CommandType[];

const asked = jest.spyOn(Service.prototype, 'ask');
const committed = jest.spyOn(MemoryStorage.prototype, 'commit');

let staged: StagedServer;
beforeEach(async () => {
  staged = await startStage('without-asterisk');
  asked.mockClear();
  committed.mockClear();
});
afterEach(async () => staged.close());

function requestFor(type: CommandType): ApiRequest {
  const [method, path] = COMMANDS[type][1].split(' ') as [string, string];
  return rightRequest({ method, path });
}

async function send({ method, path, body }: ApiRequest): Promise<Received> {
  const text = JSON.stringify(body)?.replaceAll(RINGING_TASK, staged.ringingTask);
  const headers = { Authorization: `Bearer ${ALL_MAY}`, 'Idempotency-Key': 'a-key' };
  return staged.server.send(method, path, { ...(text !== undefined && { body: JSON.parse(text) }), headers });
}

test.each(types.filter((type) => COMMANDS[type][0] === 'works'))(
  'given Asterisk is away, %s is carried out',
  async (type) => {
    const { status, text } = await send(requestFor(type));

    expect([asked.mock.calls.map(([command]) => command.type), status, text]).toEqual([[type], 200, text]);
    expect(committed).toHaveBeenCalled();
  },
);

test.each(types.filter((type) => COMMANDS[type][0] === 'waits'))(
  'given Asterisk is away, %s says when to come again and changes nothing',
  async (type) => {
    await expectRefused(type, requestFor(type));
  },
);

async function expectRefused(type: CommandType, request: ApiRequest): Promise<void> {
  const { status, headers, envelope } = await send(request);

  expect(asked.mock.calls.map(([command]) => command.type)).toEqual([type]);
  expect([status, envelope.code, headers['retry-after']]).toEqual([503, '000004', '2']);
  expect(envelope.msg).toBe('系统忙，请稍后再试: Asterisk 未连接');
  expect(committed).not.toHaveBeenCalled();
}

describe('an extension while Asterisk is away', () => {
  const creation = (body: object): ApiRequest => ({ ...requestFor('create-extension'), body });
  const deletion = (id: string): ApiRequest => ({ method: 'DELETE', path: `/v1/callcenter/extension/${id}` });

  test('given a gateway, it is not created: Asterisk has to know of it', async () => {
    await expectRefused('create-extension', creation({ type: '2', ipaddr: '192.0.2.7' }));
  });

  test('given an ordinary telephone, it is created, and deleted', async () => {
    const { status, envelope } = await send(creation({ type: '3', telnum: '13800000000' }));
    expect([status, envelope.data]).toMatchObject([200, { type: '3', telnum: '13800000000' }]);
    const { id } = envelope.data as { readonly id: string };

    expect((await send(deletion(id))).status).toBe(200);
    expect((await send(deletion(id))).status).toBe(404);
  });

  test('given one that is bound, or that there is none of, the refusal says so', async () => {
    expect((await send(deletion(idOf(8)))).envelope.code).toBe('040102');
    expect((await send(deletion(idOf(99)))).envelope.code).toBe('040103');
  });
});
