import { agentId, type Agent } from '../domain/agent/agent';
import type { AppId, ChannelId } from '../domain/ids';
import type { Arrival } from '../domain/input';
import { hint, shown } from '../domain/nearest-name';
import type { Enqueue, Target } from '../domain/queue/enqueue';
import { planId } from '../domain/queue/plan';
import { ToldLately } from '../domain/told-lately';
import type { World } from '../domain/world';
import type { Clock, Logger } from '../ports/system';

/** So many missing things are told of in a minute: to say which name may have been meant, all agents are looked at. */
const MAX_IN_A_MINUTE = 100;
const MAX_IN_A_WARNING = 5;

/**
 * Warns when a caller asks for what is not there: an agent who is not logged in, a condition that does not exist, a skill
 * that nobody has. It is no mistake as such, and the caller gets whatever else it asks for; but who has just written the
 * name wants to know. Each missing thing is told of once a minute.
 */
export class MissingTargets {
  private readonly told = new ToldLately();

  constructor(
    private readonly world: World,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Looks at the world as it is when the caller comes. */
  look({ app, channelId, request }: Pick<Arrival, 'app' | 'channelId' | 'request'>): void {
    if (request.by === 'mistake') return;
    const plan = request.by === 'plan' ? request.name : null;
    const enqueue =
      request.by === 'plan' ? this.world.plans.get(planId(app, request.name))?.enqueue : request.enqueue;
    if (enqueue !== undefined) this.warn(app, channelId, plan, this.missing(app, enqueue));
  }

  private warn(app: AppId, channelId: ChannelId, plan: string | null, missing: readonly string[]): void {
    if (missing.length === 0) return;
    const more = missing.length - MAX_IN_A_WARNING;
    const problem = missing.slice(0, MAX_IN_A_WARNING).join('; ') + (more > 0 ? `; and ${more} more` : '');
    this.logger.warn('a caller asks for what is not there', { app, channelId, plan, problem });
  }

  /** What nobody was told of lately, in words. */
  private missing(app: AppId, { routes }: Enqueue): readonly string[] {
    const now = this.clock.now();
    const missing: string[] = [];
    for (const target of routes.flatMap(({ targets }) => targets)) {
      const key = `${app} ${target.kind} ${target.kind === 'condition' ? target.id : target.name}`;
      if (this.told.has(key, now) || this.told.count(now) >= MAX_IN_A_MINUTE) continue;
      const problem = this.whatIsMissing(app, target);
      if (problem === undefined) continue;
      this.told.add(key, now);
      missing.push(problem);
    }
    return missing;
  }

  private whatIsMissing(app: AppId, target: Target): string | undefined {
    switch (target.kind) {
      case 'agent': {
        if (this.world.agents.has(agentId(app, target.name))) return undefined;
        const names = [...this.agentsOf(app)].map(({ name }) => name);
        return `agent ${shown(target.name)} is not logged in, ${hint(target.name, names, 'and nobody is')}`;
      }
      case 'skill':
        return this.whatIsWithSkill(app, target.name);
      case 'condition':
        if (this.world.conditions.get(target.id)?.app === app) return undefined;
        return `there is no condition ${target.id}`;
    }
  }

  /** A login leaves skills disabled unless it says otherwise, which is easily overlooked. */
  private whatIsWithSkill(app: AppId, wanted: string): string | undefined {
    const held = this.world.pools.skills.in(app);
    const enabled = held.get(wanted)?.enabled;
    if (enabled === 0) return `skill ${shown(wanted)} is disabled for all agents who have it`;
    if (enabled !== undefined) return undefined;
    return `no agent has the skill ${shown(wanted)}, ${hint(wanted, [...held.keys()], 'or any other')}`;
  }

  private *agentsOf(app: AppId): Iterable<Agent> {
    for (const agent of this.world.agents.values()) if (agent.app === app) yield agent;
  }
}
