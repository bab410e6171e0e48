import { BenchScene, furnish, nameOf, type SceneOptions } from '../scene/bench-scene';

/** What callers dial. Whoever comes back is through: no talk, no second try. */
const DIALPLAN = `
[from-trunk](+)
exten => 81,1,Gosub(parley,queue,1(skill,work))
 same => n,Hangup()
exten => _82.,1,Gosub(parley,queue,1(agent,\${EXTEN:2}))
 same => n,Hangup()
exten => _83.,1,Gosub(parley,queue,1(enqueue,\${EXTEN:2}))
 same => n,Hangup()
`;

export const FOR_ANYBODY = '81';
export const forAgent = (name: string): string => `82${name}`;
export const onPlan = (plan: string): string => `83${plan}`;

/** Agents who work, phones of outside numbers, and callers for them. */
export class RecoveryScene extends BenchScene {
  static async start(options: Partial<SceneOptions> = {}): Promise<RecoveryScene> {
    const scene = new RecoveryScene(
      await furnish({
        dialplan: DIALPLAN,
        plans: {},
        withAudio: true,
        ...options,
        settings: { PARLEY_TIME_ZONE: 'UTC', PARLEY_KEEPALIVE_SECONDS: '86400', ...options.settings },
      }),
    );
    await scene.open();
    await scene.phones.register(scene.trunk); // Outside numbers are called here.
    return scene;
  }

  /** These users have registered phones and are logged in and idle as agents; answers their names. */
  async provideAgents(users: readonly string[], skill = 'work'): Promise<readonly string[]> {
    const extensions = await this.provideLines(users);
    await this.each(users, async (user) => {
      const skills = [{ name: skill, enabled: true }];
      await this.api.post('agent', {
        name: nameOf(user),
        num: user,
        extension: extensions.get(user)!,
        state: 'idle',
        skills,
      });
    });
    return users.map(nameOf);
  }
}
