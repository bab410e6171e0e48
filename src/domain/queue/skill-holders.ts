import type { Agent } from '../agent/agent';
import { entryOf } from '../entry-of';
import type { AppId } from '../ids';

/** How many agents have a skill, and how many of those have it enabled. */
type Held = { all: number; enabled: number };

const NONE: ReadonlyMap<string, Readonly<Held>> = new Map();

/** Which skills the agents of an application have who are logged in, free or not. */
export class SkillHolders {
  private readonly held = new Map<AppId, Map<string, Held>>();

  /** By the name of the skill; one that nobody has is not there. */
  in(app: AppId): ReadonlyMap<string, Readonly<Held>> {
    return this.held.get(app) ?? NONE;
  }

  follow(before: Agent | undefined, after: Agent | undefined): void {
    if (before?.skills === after?.skills) return;
    if (after !== undefined) this.count(after, 1);
    if (before !== undefined) this.count(before, -1);
  }

  private count({ app, skills }: Agent, more: 1 | -1): void {
    const held = entryOf(this.held, app, () => new Map<string, Held>());
    for (const { name, enabled } of skills) {
      const skill = entryOf(held, name, () => ({ all: 0, enabled: 0 }));
      skill.all += more;
      if (enabled) skill.enabled += more;
      if (skill.all === 0) held.delete(name);
    }
    if (held.size === 0) this.held.delete(app);
  }
}
