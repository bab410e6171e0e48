import { agentId } from '../domain/agent/agent';
import type { CommandType, Input } from '../domain/input';
import { Refusal } from '../domain/refusal';
import type { Text } from '../domain/text';
import type { World } from '../domain/world';
import { wait, type Clock, type Logger } from '../ports/system';

type Left = Readonly<Record<'conversations' | 'queueTasks' | 'calls', number>>;

const STOPPING: Text = { zh: '服务正在停止', en: 'it is being stopped' };
const BEGINS_NOTHING: Text = {
  zh: '服务正在停止，不再开始新的交谈',
  en: 'the service begins no conversation any more, it is being stopped',
};
const LOOK_MS = 250;
const TELL_EVERY_MS = 10_000;

/**
 * How far the service is on its way to its end. Draining, it serves whom it has and takes nobody on; stopping, it
 * finishes what was asked of it and takes no command any more.
 */
export class WayOut {
  private stage: 'serving' | 'draining' | 'stopping' = 'serving';

  constructor(
    private readonly world: World,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get takesCallers(): boolean {
    return this.stage === 'serving';
  }

  /** @throws Refusal for a command that is not taken any more. */
  admit(command: Input<CommandType>): void {
    if (this.stage === 'stopping') throw new Refusal('busy', { problem: STOPPING });
    if (this.stage === 'draining' && this.beginsSomething(command)) {
      throw new Refusal('busy', { problem: BEGINS_NOTHING });
    }
  }

  /** One sentence for an operator; none while it is not on its way out. */
  obstacles(): readonly Text[] {
    switch (this.stage) {
      case 'serving':
        return [];
      case 'draining':
        return [this.left()];
      case 'stopping':
        return [STOPPING];
    }
  }

  /** Settles when nothing is left, with a line in the log every ten seconds; at once when it is being stopped. */
  async drain(): Promise<void> {
    this.stage = 'draining';
    for (let toldAt = -Infinity; this.stage === 'draining' && !this.isEmpty(); await wait(this.clock, LOOK_MS)) {
      if (this.clock.now() - toldAt < TELL_EVERY_MS) continue;
      toldAt = this.clock.now();
      this.logger.info('waiting for those who are being served', this.counts());
    }
  }

  stop(): void {
    this.stage = 'stopping';
  }

  /** Consulting somebody is part of the conversation that the agent is in. */
  private beginsSomething(command: Input<CommandType>): boolean {
    if (command.type !== 'call-out' && command.type !== 'call-agent') return false;
    const callId = this.world.agents.get(agentId(command.app, command.name))?.callId ?? null;
    const call = callId === null ? undefined : this.world.calls.get(callId);
    return call === undefined || call.memberOf.length === 0;
  }

  private counts(): Left {
    const { conversations, queueTasks, calls } = this.world;
    return { conversations: conversations.size, queueTasks: queueTasks.size, calls: calls.size };
  }

  private isEmpty(): boolean {
    return Object.values(this.counts()).every((count) => count === 0);
  }

  private left(): Text {
    const { conversations, queueTasks, calls } = this.counts();
    return {
      zh: `服务正在停止，仍在处理：交谈 ${conversations}、排队任务 ${queueTasks}、呼叫 ${calls}`,
      en: `it is being stopped and serves those whom it has: ${conversations} conversations, ${queueTasks} queue tasks and ${calls} calls are left`,
    };
  }
}
