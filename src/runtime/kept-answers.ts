import { later, type AppId } from '../domain/ids';
import { Refusal } from '../domain/refusal';
import type { Once } from '../ports/call-center';
import type { Storage } from '../ports/storage';
import type { Clock } from '../ports/system';

/** For so long whoever asks again gets the first answer. */
export const KEPT_SECONDS = 86_400;

type UnderWay = { readonly fingerprint: string; readonly answer: Promise<unknown> };

/** Commands that come with a key are carried out once: whoever asks again gets the first answer. */
export class KeptAnswers {
  private readonly underWay = new Map<string, UnderWay>();

  constructor(
    private readonly storage: Pick<Storage, 'findAnswer'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * `carryOut` settles when its answer is kept, and rejects if none is. It is called unless there is an answer already, or
   * will be in a moment. @throws Refusal when the key is another request's; else what `carryOut` throws.
   */
  async once<Answer>(app: AppId, once: Once, carryOut: () => Promise<Answer>): Promise<Answer> {
    const name = `${app} ${once.key}`;
    const first = this.underWay.get(name);
    if (first !== undefined) {
      expectSame(first, once);
      return first.answer as Promise<Answer>;
    }
    const answer = this.keptOr(app, once, carryOut);
    this.underWay.set(name, { fingerprint: once.fingerprint, answer });
    try {
      return await answer;
    } finally {
      this.underWay.delete(name);
    }
  }

  private async keptOr<Answer>(app: AppId, once: Once, carryOut: () => Promise<Answer>): Promise<Answer> {
    const kept = await this.storage.findAnswer(app, once.key);
    if (kept === undefined || kept.at < later(this.clock.now(), -KEPT_SECONDS)) return carryOut();
    expectSame(kept, once);
    return kept.answer as Answer;
  }
}

function expectSame(first: Pick<Once, 'fingerprint'>, { key, fingerprint }: Once): void {
  if (first.fingerprint !== fingerprint) throw new Refusal('idempotency-key-used', { 'Idempotency-Key': key });
}
