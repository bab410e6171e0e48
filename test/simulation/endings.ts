import type { Call } from '../../src/domain/call/call';
import type { Conversation, Role } from '../../src/domain/conversation/conversation';
import type { Extension } from '../../src/domain/extension/extension';
import type { CommandType } from '../../src/domain/input';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { SimulatedAsterisk } from './simulated-asterisk';
import type { SimulatedService } from './simulated-service';
import type { Tally } from './tally';

/** Everybody was served, and is gone. @throws Error that says what is left. */
export function expectNothingLeft(asterisk: SimulatedAsterisk, service: SimulatedService): void {
  const { channels, bridges, accounts, dialplan } = asterisk;
  const { calls, conversations, queueTasks, agents, extensions } = service.world!;
  const left = Object.entries({
    channels,
    held: dialplan.held,
    bridges,
    accounts,
    calls,
    conversations,
    queueTasks,
    agents,
    extensions,
  }).filter(([, { size }]) => size > 0);
  if (left.length > 0)
    throw new Error(`left over: ${JSON.stringify(left.map(([name, each]) => [name, ...each.keys()]))}`);

  const forgotten = dialplan.stays.filter(
    ({ end, variables }) =>
      ['held', 'inside', 'hung up by us'].includes(end) || (end === 'released' && !variables['PARLEY_RESULT']),
  );
  if (forgotten.length > 0) throw new Error(`callers not served: ${JSON.stringify(forgotten)}`);
  const { dialled } = service;
  const twice = dialled.filter((id, index) => dialled.indexOf(id) !== index);
  if (twice.length > 0) throw new Error(`rung twice: ${twice.join()}`);
}

/** Of a service that was asked to stop. @throws Error that says which effects it would carry out again. */
export function expectNothingToDo({ disk }: SimulatedService): void {
  const left = [...disk.effects.values()];
  if (left.length > 0) throw new Error(`not known to be done: ${left.join()}`);
}

/** Of what is told of no more, the store counts nothing; agents may come again. @throws Error that says what is still counted. */
export function expectNothingRemembered({ disk }: SimulatedService): void {
  const { sequences } = disk.events.restored();
  const left = [...sequences.keys()].filter((subject) => !subject.startsWith('agents '));
  if (left.length > 0) throw new Error(`still counted: ${left.join()}`);
}

/** Whatever was sent again with its key. @throws Error that says what was. */
export function expectNothingStartedTwice({ client, disk }: SimulatedService): void {
  const twice = client.startedTwice(disk);
  if (twice.length > 0) throw new Error(twice.join('\n'));
}

/** Once for each time that it was decided, at most. @throws Error that says where it was heard more often. */
export function expectNothingAnnouncedTwice({ announced }: SimulatedAsterisk, service: SimulatedService): void {
  const left = [...service.announcements.values()].map(textOf);
  const once = (text: string): boolean => {
    const index = left.indexOf(text);
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  };
  const more = announced.map(textOf).filter((text) => !once(text));
  if (more.length > 0) throw new Error(`announced more often than decided: ${more.join()}`);
}

const textOf = ({ bridgeId, app, sounds }: SimulatedAsterisk['announced'][number]): string =>
  JSON.stringify({ bridgeId, app, sounds });

/** Each beginning has one end, in the events and in the record. @throws Error that says which has not. */
export function expectEveryStoryToldOnce(service: SimulatedService): void {
  const { notifications } = service.disk;
  const begun: string[] = [];
  const ended: string[] = [];
  const selected = new Set<string>();
  const finished: string[] = [];
  const inside = new Map<string, number>();
  for (const each of notifications) {
    if (each.event === 'callcenter.conversation.begin') begun.push(each.id);
    if (each.event === 'callcenter.conversation.end') ended.push(each.id);
    if (each.event === 'callcenter.queue.select') selected.add(each.id);
    if (each.event === 'callcenter.queue.success' || each.event === 'callcenter.queue.fail')
      finished.push(each.id);
    if (each.event === 'callcenter.agent.conversation_changed') {
      const key = `${each.app}/${each.name} ${each.conversationId}`;
      inside.set(key, (inside.get(key) ?? 0) + (each.type === 'enter' ? 1 : -1));
    }
  }
  const problems = [
    ...repeated(begun).map((id) => `${id} began twice`),
    ...repeated(ended).map((id) => `${id} ended twice`),
    ...begun.filter((id) => !ended.includes(id)).map((id) => `${id} began and did not end`),
    ...ended.filter((id) => !begun.includes(id)).map((id) => `${id} ended and never began`),
    ...repeated(finished).map((id) => `task ${id} finished twice`),
    ...[...selected].filter((id) => !finished.includes(id)).map((id) => `task ${id} never finished`),
    ...[...inside].filter(([, count]) => count !== 0).map(([key]) => `entered and did not exit: ${key}`),
    ...service
      .recorded<Conversation>('conversations')
      .filter(({ id, stage }) => stage.at !== 'ended' || stage.hadBegun !== begun.includes(id))
      .map(({ id }) => `the record of ${id} tells another story`),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

/** What came about between the first start and the last hang-up, and how often. */
export function happenedIn(
  asterisk: SimulatedAsterisk,
  service: SimulatedService,
  tally: Tally,
): ReadonlyMap<string, number> {
  const { disk, answered, dialled } = service;
  const count = (what: string, times = 1): void => tally.count(what, times);
  for (const each of disk.notifications) {
    count(each.event);
    if (each.event === 'callcenter.queue.fail') count(`fail: ${each.cause}`);
    if (each.event === 'callcenter.conversation.end') count(`end: ${each.endReason}`);
  }
  for (const { end, variables } of asterisk.dialplan.stays) {
    count(`caller ${end}`);
    if (variables['PARLEY_RESULT']) count(`result: ${variables['PARLEY_RESULT']}`);
  }
  for (const { decisions, conditionId } of service.recorded<QueueTask>('queueTasks')) {
    for (const { did } of decisions) count(`decided: ${did}`);
    if (conditionId !== null) count('rung by a condition');
  }
  for (const { members } of service.recorded<Conversation>('conversations')) {
    for (const { role } of members) if (role.as === 'supervisor') count(supervised(role));
  }
  const extensions = new Map(service.recorded<Extension>('extensions').map((each) => [each.id, each]));
  for (const { party, placement } of service.recorded<Call>('calls')) {
    if (party.kind === 'ear' && placement !== null) count('whispered');
    if (party.kind === 'agent') count(`rung at type ${extensions.get(party.extensionId)!.line.type}`);
  }
  count('announced', asterisk.announced.length);
  const calls = service.recorded<Call>('calls');
  if (calls.some(({ phoneHold }) => phoneHold !== null)) count('ended on hold');
  if (calls.some(({ id, channelId, party }) => party.kind === 'agent' && channelId !== (id as string))) {
    count('went on with another phone');
  }
  const handedOn = calls.filter(({ channelId }) => channelId.includes('transfer'));
  count('handed on by a phone', handedOn.filter(({ party }) => party.kind === 'outside').length);
  for (const [type, times] of answered as ReadonlyMap<CommandType, number>) count(`answered: ${type}`, times);
  count('dialled', dialled.length);
  return tally.counts;
}

function supervised({ coaching, barging }: Extract<Role, { as: 'supervisor' }>): string {
  if (barging) return 'barged in';
  return coaching === null ? 'listened' : 'coached';
}

function repeated(ids: readonly string[]): readonly string[] {
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}
