import { CallLoad } from '../load/call-load';
import { contendersOf, type Contender, type Contenders } from '../contenders/contenders';
import { quantile, rounded } from '../measuring/figures';
import { inTurn, type Amount, type Outcome } from './part';
import { isGood, nextRate, outcomeOf, searchOf, type Attempt, type Search } from './rate-search';
import { SuiteScene, type Name } from '../scene/suite-scene';

const FIRST_AGENT = 200_001;
const NAMES: readonly Name[] = ['Parley', 'app_queue', 'floor'];

/** Figure 3: the highest rate at which no call fails, and 99 of 100 are talks within 200 ms of their INVITE. */
export async function rate(amount: Amount): Promise<Outcome> {
  const searches: Search[] = [];
  for (let round = 0; round < amount.rounds; round++) {
    for (const name of inTurn(NAMES, round)) searches.push(searchOf(name, await search(name, amount)));
  }
  console.table(searches.flatMap(({ attempts }) => attempts));
  return outcomeOf(searches, amount);
}

async function search(name: Name, amount: Amount): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  let site: Site | undefined;
  try {
    for (let next = nextRate([], amount); next !== null; next = nextRate(attempts, amount)) {
      site ??= await Site.open(name, amount);
      const attempt = await site.attempt(next);
      attempts.push(attempt);
      if (isGood(attempt)) continue;
      await site.close();
      site = undefined;
    }
    return attempts;
  } finally {
    await site?.close();
  }
}

/** One contender with an Asterisk of its own. What was too much leaves things behind, so the next attempt has another site. */
class Site {
  private isGone = false;

  private constructor(
    private readonly scene: SuiteScene,
    private readonly contenders: Contenders,
    private readonly contender: Contender,
    private readonly amount: Amount,
  ) {
    void scene.asterisk.exited.then(() => (this.isGone = true));
  }

  static async open(name: Name, amount: Amount): Promise<Site> {
    const scene = await SuiteScene.start();
    const contenders = await contendersOf(scene);
    const contender = contenders.all.find((each) => each.name === name)!;
    const agents = await scene.growAgents(FIRST_AGENT, Math.max(...amount.agents), 'work');
    await contender.open(agents);
    const site = new Site(scene, contenders, contender, amount);
    await site.attempt(amount.firstRate); // Nobody begins at full speed: a process that has just started is slower.
    return site;
  }

  async attempt(perSecond: number): Promise<Attempt> {
    const { scene, contender, amount } = this;
    const made = { contender: contender.name, perSecond };
    try {
      const { failed, all, late } = await new CallLoad(scene, contender, { ...amount, perSecond }).run();
      return { ...made, failed, p99: rounded(quantile(all, 0.99)), late: rounded(late), collapse: null };
    } catch (error) {
      const collapse = this.isGone ? 'Asterisk has ended' : (error as Error).message;
      return { ...made, failed: NaN, p99: NaN, late: NaN, collapse };
    }
  }

  async close(): Promise<void> {
    await this.contenders.stop();
    await this.scene.stop();
  }
}
