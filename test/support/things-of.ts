import type { Agent } from '../../src/domain/agent/agent';
import type { Call } from '../../src/domain/call/call';
import type { Extension } from '../../src/domain/extension/extension';
import type { AppId, CallId, ConversationId, ExtensionId, QueueTaskId, SipUser } from '../../src/domain/ids';
import type { Change } from '../../src/domain/world';
import { aCall, aCondition, aConversation, aMember, anAgent, aPlan, aTask, aTerminal, idOf } from './http-objects';
import { NOW } from './worlds';

/** Everything that the endpoints name, and it all belongs to this application. */
export function thingsOf(app: AppId): readonly Change[] {
  const { agent, leg } = talkingAgent(app);
  const other = anAgent('1002', { app, extensionId: idOf<ExtensionId>(3), keptAliveAt: NOW });
  const [first, second] = [outside(app, 3, 1), outside(app, 5, 2)];
  const [held, active] = [4, 1] as const;
  const things: readonly (readonly [Change['kind'], readonly object[]])[] = [
    ['extensions', [terminal(1, agent), terminal(3, other)]],
    ['agents', [agent, other]],
    ['conditions', [aCondition(1, { app })]],
    ['plans', [aPlan('support', { app })]],
    ['queueTasks', [aTask(1, { app, origin: { from: 'caller', callId: idOf<CallId>(4) } })]],
    ['calls', [leg, first, second, waitingCaller(app)]],
    [
      'conversations',
      [conversation(app, 1, [leg, active], [first, active]), conversation(app, 2, [leg, held], [second, active])],
    ],
  ];
  return things.flatMap(([kind, values]) => values.map((value) => ({ kind, value, live: true }) as Change));
}

export function terminal(number: number, { app, id }: Agent): Extension {
  const line = { type: '1', user: `${app}-10000${number}` as SipUser, digest: 'd'.repeat(32) } as const;
  return aTerminal(number, { app, line, enabled: true, boundTo: id });
}

function talkingAgent(app: AppId): { readonly agent: Agent; readonly leg: Call } {
  const callId = idOf<CallId>(2);
  const agent = anAgent('1001', { app, state: 'talking', callId, keptAliveAt: NOW });
  const party = { kind: 'agent', agentId: agent.id, name: agent.name, extensionId: agent.extensionId } as const;
  const leg = aCall(2, { app, party, memberOf: [idOf<ConversationId>(1), idOf<ConversationId>(2)] });
  return { agent, leg };
}

function outside(app: AppId, number: number, talksIn: number): Call {
  return aCall(number, { app, memberOf: [idOf<ConversationId>(talksIn)] });
}

function waitingCaller(app: AppId): Call {
  const party = { kind: 'outside', from: 'dialplan', telnumber: '13900000000' } as const;
  return aCall(4, { app, party, stage: { at: 'queued', taskId: idOf<QueueTaskId>(1), answered: true } });
}

function conversation(app: AppId, number: number, ...seats: readonly (readonly [Call, 1 | 4])[]) {
  const members = seats.map(([{ id, party }, mode]) => {
    if (party.kind === 'ear') throw new Error('nobody sits by an ear');
    return aMember(0, { callId: id, party, mode });
  });
  return aConversation(number, { app, members, beginTime: NOW, endsAt: (NOW + 3_600_000) as never });
}
