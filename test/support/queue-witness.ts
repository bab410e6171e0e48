import { idleSince, type Agent } from '../../src/domain/agent/agent';
import type { AgentId, CallId, Instant, QueueTaskId } from '../../src/domain/ids';
import type { Input } from '../../src/domain/input';
import type { Notification } from '../../src/domain/notification';
import type { QueueTask } from '../../src/domain/queue/queue-task';
import type { Outcome } from '../../src/domain/unit-of-work';
import type { World } from '../../src/domain/world';
import {
  comesBefore,
  first,
  isSelectable,
  isTimed,
  linesOf,
  openLinesOf,
  rankFor,
  type Line,
  type Queue,
} from './plain-queue';

/** The agent's phone was made to ring for the task. */
type Ring = { readonly task: QueueTask; readonly agent: Agent };

type Story = {
  selected: Set<string>;
  end: 'success' | 'fail' | null;
  rings: Map<number, number>;
  lostLegs: number;
};

/** What the world was before an input. */
export function snapshot(world: World): Queue {
  const { settings, agents, extensions, conditions, queueTasks, calls } = world;
  return {
    settings,
    agents: new Map(agents),
    extensions: new Map(extensions),
    conditions: new Map(conditions),
    queueTasks: new Map(queueTasks),
    calls: new Map(calls),
  };
}

/**
 * Sees each input with the world before and after it, and whether what came of it was fair: who was chosen, in which
 * order, and that no task is lost. It scans everything, and knows nothing of how the rules find whom they choose.
 */
export class QueueWitness {
  private readonly stories = new Map<QueueTaskId, Story>();
  private readonly restsUntil = new Map<AgentId, number>();

  /** @throws Error that says what was not right. */
  see(before: Queue, after: Queue, input: Input, at: Instant, outcome: Outcome<unknown>): void {
    const view = new View(before, after, input, at, ringsOf(after, outcome));
    const problems = [
      ...view.passedOver(),
      ...view.wronglyRung(),
      ...view.notTheBest(),
      ...view.overlooked(),
      ...view.notSteered(),
      ...this.followRests(view),
      ...this.followStories(view, outcome.notifications),
    ];
    if (problems.length > 0) throw new Error(`after ${JSON.stringify(input)}: ${problems.join('; ')}`);
  }

  /** Whoever has missed a call is left alone for so long, unless it says itself that it is ready. */
  private followRests({ before, input, at, rings }: View): readonly string[] {
    const { missPauseSeconds } = before.settings;
    if (input.type === 'set-state' || input.type === 'bind-extension' || input.type === 'log-in') {
      this.restsUntil.delete(`${input.app}/${input.name}` as AgentId);
    }
    const tooSoon = rings.filter(({ agent }) => at < (this.restsUntil.get(agent.id) ?? 0));
    for (const call of before.calls.values()) {
      const { stage, party, channelId, id } = call;
      if (stage.at !== 'ringing' || stage.onAnswer.then !== 'serve' || party.kind !== 'agent') continue;
      const hasEnded = input.type === 'leg-ended' && input.channelId === channelId;
      const isOver = input.type === 'due' && input.id === id && stage.giveUpAt <= at;
      if (hasEnded || isOver) this.restsUntil.set(party.agentId, at + missPauseSeconds * 1000);
    }
    return tooSoon.map(({ agent }) => `${agent.name} has just missed a call`);
  }

  /** Each task ends once, with or without success; and each of its routes rings once. */
  private followStories(
    { before, after, input, rings }: View,
    notifications: readonly Notification[],
  ): readonly string[] {
    const problems: string[] = [];
    for (const { id } of after.queueTasks.values()) this.storyOf(id);
    for (const { id, task } of legsLost(before, after)) {
      if (input.type === 'phone-system-seen' && !after.calls.has(id)) this.storyOf(task).lostLegs++;
    }
    for (const each of notifications) {
      if (each.event === 'callcenter.queue.select') {
        this.storyOf(each.id).selected.add(each.agentName);
      } else if (each.event === 'callcenter.queue.success' || each.event === 'callcenter.queue.fail') {
        const story = this.storyOf(each.id);
        const end = each.event === 'callcenter.queue.success' ? 'success' : 'fail';
        if (story.end !== null) problems.push(`${each.id} ended by ${story.end} and by ${end}`);
        story.end = end;
        if (end === 'success' && !story.selected.has((each as { agentName: string }).agentName)) {
          problems.push(`${each.id} was served by somebody who was not selected`);
        }
      }
    }
    for (const { id, route } of new Set(rings.map(({ task }) => task))) {
      const { rings: soFar, lostLegs } = this.storyOf(id);
      const times = (soFar.get(route) ?? 0) + 1;
      soFar.set(route, times);
      if (times > 1 + lostLegs) problems.push(`${id} rings for the ${times}. time on route ${route}`);
    }
    for (const [id, { end }] of this.stories) {
      const isLive = after.queueTasks.has(id);
      if (isLive === (end !== null)) problems.push(`${id} is ${isLive ? 'live after its end' : 'lost'}`);
    }
    return problems;
  }

  private storyOf(id: QueueTaskId): Story {
    let story = this.stories.get(id);
    if (story === undefined) {
      story = { selected: new Set(), end: null, rings: new Map(), lostLegs: 0 };
      this.stories.set(id, story);
    }
    return story;
  }
}

/** One input, looked at from all sides. */
class View {
  constructor(
    readonly before: Queue,
    readonly after: Queue,
    readonly input: Input,
    readonly at: Instant,
    readonly rings: readonly Ring[],
  ) {}

  /** Those who came before the task that an agent was given, and whom this agent fits too. */
  passedOver(): readonly string[] {
    return this.rings.flatMap(({ task, agent }, index) => {
      const served = new Set(this.rings.slice(0, index + 1).map((each) => each.task.id));
      const given = first(linesOf(task).filter((line) => this.fits(agent, line)));
      if (given === undefined) return [];
      const rivals = [...this.before.queueTasks.values(), ...this.newTasks()]
        .map((each) => this.asItWaited(each))
        .filter((each) => each !== undefined && !served.has(each.id));
      return rivals.flatMap((rival) => {
        const lines = openLinesOf(rival!, this.at).filter((line) => this.fits(agent, line));
        const best = first(lines);
        if (best === undefined || !comesBefore(best, given)) return [];
        return [`${agent.name} is given ${task.id}, and ${best.task.id} comes before it`];
      });
    });
  }

  /** Who could not be rung, or only by a target that has timed out. */
  wronglyRung(): readonly string[] {
    return this.rings.flatMap(({ task, agent }) => {
      const idle: Agent = { ...agent, state: 'idle', callId: null };
      const lines = this.eligible(task).filter((line) => this.fits(agent, line));
      return [
        ...(isSelectable(this.after, idle, this.at) ? [] : [`${agent.name} was not to be rung`]),
        ...(lines.length > 0 ? [] : [`${agent.name} does not fit ${task.id}`]),
      ];
    });
  }

  /** Who was rung while somebody better was free. */
  notTheBest(): readonly string[] {
    if (this.input.type === 'phone-system-seen') return []; // Much happens in it, one after the other.
    const tasks = [...new Set(this.rings.map(({ task }) => task))];
    return tasks.flatMap((task) => {
      const index = this.rings.findIndex((ring) => ring.task === task);
      const taken = new Set(this.rings.slice(0, index).map(({ agent }) => agent.id));
      const rung = this.rings.filter((ring) => ring.task === task).map(({ agent }) => agent);
      const others = [...this.before.agents.values()].filter(
        (agent) =>
          isSelectable(this.before, agent, this.at) &&
          !taken.has(agent.id) &&
          !rung.some(({ id }) => id === agent.id),
      );
      const free = [...rung, ...others];
      const problem = this.misses(task, rung, free);
      return problem === undefined ? [] : [`${rung.map(({ name }) => name).join()} for ${task.id}: ${problem}`];
    });
  }

  private misses(task: QueueTask, rung: readonly Agent[], free: readonly Agent[]): string | undefined {
    const isNew = (agent: Agent): boolean => !task.missedBy.includes(agent.id);
    const hopefuls = [free.filter(isNew), free.filter((agent) => !isNew(agent))];
    for (const agents of hopefuls) {
      for (const line of this.eligible(task)) {
        const fitting = agents.filter(
          (agent) =>
            this.fits(agent, line) && (rung.includes(agent) || this.counts(agent, line) || this.isSought(task)),
        );
        if (fitting.length > 0) return notBestOf(task, rung, fitting, (agent) => this.rank(agent, line)!);
      }
    }
    return 'nobody is free';
  }

  /** Pairs that time alone has not yet made: it is looked at once a second, and whenever one of the two is new. */
  overlooked(): readonly string[] {
    return [...this.after.queueTasks.values()]
      .filter(({ phase }) => phase.at === 'waiting')
      .flatMap((task) => openLinesOf(task, this.at).filter((line) => isTimed(this.after, line)))
      .flatMap((line) =>
        [...this.after.agents.values()]
          .filter((agent) => isSelectable(this.after, agent, this.at) && this.fits(agent, line))
          .filter((agent) => this.counts(agent, line) || !this.waitedBefore(line))
          .map((agent) => `${line.task.id} waits beside ${agent.name}`),
      );
  }

  /** What somebody at the controls asked for, and what is not so. */
  notSteered(): readonly string[] {
    const { input, after } = this;
    if (input.type === 'set-task-priority' && after.queueTasks.get(input.taskId)?.priority !== input.priority) {
      return [`${input.taskId} has another priority`];
    }
    return input.type === 'cancel-task' && after.queueTasks.has(input.taskId) ? [`${input.taskId} goes on`] : [];
  }

  /** Whether this input was one to look at the pair; where time has no say, every one is. */
  private counts(agent: Agent, line: Line): boolean {
    if (!isTimed(this.after, line)) return true;
    const id = line.target.kind === 'condition' ? line.target.id : undefined;
    if (this.input.type === 'due' && this.input.id === id) return true;
    if (this.input.type === 'change-condition' && this.input.conditionId === id) return true;
    const earlier = this.before.agents.get(agent.id);
    const wasFree = earlier !== undefined && isSelectable(this.before, earlier, this.at);
    return !wasFree || earlier.skills !== agent.skills || earlier.loggedInAt !== agent.loggedInAt;
  }

  private waitedBefore({ task, target }: Line): boolean {
    const earlier = this.before.queueTasks.get(task.id);
    if (earlier?.phase.at !== 'waiting' || earlier.route !== task.route) return false;
    return openLinesOf(earlier, this.at).some((line) => line.target === target);
  }

  /** It looked for somebody in this input, rather than somebody for it. */
  private isSought(task: QueueTask): boolean {
    const earlier = this.before.queueTasks.get(task.id);
    return earlier?.phase.at !== 'waiting' || earlier.route !== task.route;
  }

  /** A route that has just begun is tried once, even where it may not be waited on. */
  private eligible(task: QueueTask): readonly Line[] {
    return this.isSought(task) ? linesOf(task) : openLinesOf(task, this.at);
  }

  private newTasks(): readonly QueueTask[] {
    if (this.input.type === 'phone-system-seen') return []; // It may have come to wait when this agent was gone.
    return [...this.after.queueTasks.values()].filter(
      (task) => this.isSought(task) && task.phase.at === 'waiting',
    );
  }

  /** The task as it stood when others were served, if it waited then; in its own order after a change of that. */
  private asItWaited(task: QueueTask): QueueTask | undefined {
    const later = this.after.queueTasks.get(task.id);
    const earlier = this.before.queueTasks.get(task.id);
    if (later === undefined) return undefined; // It has ended.
    if (
      later.phase.at === 'waiting' &&
      (earlier?.phase.at === 'waiting' || this.input.type !== 'phone-system-seen')
    ) {
      return later;
    }
    if (earlier?.phase.at !== 'waiting') return undefined;
    return earlier.route === later.route ? later : earlier;
  }

  private fits(agent: Agent, line: Line): boolean {
    return this.rank(agent, line) !== undefined;
  }

  private rank(agent: Agent, line: Line): number | undefined {
    return rankFor(this.after, agent, line, this.at);
  }
}

function notBestOf(
  { enqueue }: QueueTask,
  rung: readonly Agent[],
  fitting: readonly Agent[],
  rankOf: (agent: Agent) => number,
): string | undefined {
  const highest = Math.max(...fitting.map(rankOf));
  const best = fitting.filter((agent) => rankOf(agent) === highest);
  const stranger = rung.find((agent) => !best.includes(agent));
  if (stranger !== undefined)
    return `${best.map(({ name }) => name).join()} would be better than ${stranger.name}`;
  const [one] = rung;
  switch (enqueue.choice) {
    case 'all':
      return rung.length === best.length
        ? undefined
        : `all of ${best.map(({ name }) => name).join()} were to ring`;
    case 'random':
      return rung.length === 1 ? undefined : 'one was to ring';
    case 'lru':
      return rung.length === 1 && best.every((each) => idleSince(each) >= idleSince(one!))
        ? undefined
        : 'somebody has not talked for longer';
    case 'order':
      return rung.length === 1 && best.every(({ loggedInAt }) => loggedInAt >= one!.loggedInAt)
        ? undefined
        : 'somebody logged in earlier';
  }
}

function ringsOf(after: Queue, { effects }: Outcome<unknown>): readonly Ring[] {
  return effects.flatMap((effect) => {
    const call = effect.do === 'dial' ? after.calls.get(effect.callId) : undefined;
    if (call?.stage.at !== 'ringing' || call.stage.onAnswer.then !== 'serve' || call.party.kind !== 'agent')
      return [];
    const task = after.queueTasks.get(call.stage.onAnswer.taskId);
    return task === undefined ? [] : [{ task, agent: after.agents.get(call.party.agentId)! }];
  });
}

/** The legs that rang before and do so no longer, with their tasks. */
function legsLost(before: Queue, after: Queue): readonly { readonly id: CallId; readonly task: QueueTaskId }[] {
  return [...before.calls.values()].flatMap(({ id, stage }) => {
    if (stage.at !== 'ringing' || stage.onAnswer.then !== 'serve') return [];
    return after.calls.get(id)?.stage.at === 'ringing' ? [] : [{ id, task: stage.onAnswer.taskId }];
  });
}
