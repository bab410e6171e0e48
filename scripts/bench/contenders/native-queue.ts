import type { RunningAsterisk } from '../../asterisk/asterisk-process';

/** Asterisk's own queue; members are added while it runs. As quick as it can be configured. */
export const QUEUES_CONF = `
[general]
autofill = yes

[work]
strategy = leastrecent
ringinuse = no
timeout = 60
retry = 1
joinempty = yes
leavewhenempty = no

[told](work)

[ended](work)
`;

type QueueName = 'work' | 'told' | 'ended';

/** The phones served by app_queue: who is not to be rung is no member, or pauses. */
export class AppQueue {
  private constructor(private readonly asterisk: RunningAsterisk) {}

  /** @throws Error when Asterisk has no app_queue. */
  static async load(asterisk: RunningAsterisk): Promise<AppQueue> {
    const said = await asterisk.cli('module load app_queue.so');
    if (!/Loaded|already/i.test(said)) throw new Error(`app_queue does not load: ${said}`);
    return new AppQueue(asterisk);
  }

  async add(queue: QueueName, users: readonly string[]): Promise<void> {
    for (const user of users) await this.asterisk.cli(`queue add member PJSIP/${user} to ${queue}`);
  }

  async remove(queue: QueueName, users: readonly string[]): Promise<void> {
    for (const user of users) await this.asterisk.cli(`queue remove member PJSIP/${user} from ${queue}`);
  }

  async pause(queue: QueueName, user: string): Promise<void> {
    await this.asterisk.cli(`queue pause member PJSIP/${user} queue ${queue}`);
  }

  async unpause(queue: QueueName, user: string): Promise<void> {
    await this.asterisk.cli(`queue unpause member PJSIP/${user} queue ${queue}`);
  }
}
