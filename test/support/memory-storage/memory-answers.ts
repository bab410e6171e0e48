import { keptAnswer, type StoredAnswer } from '../../../src/adapters/storage/stored-answer';
import type { AppId, Instant } from '../../../src/domain/ids';
import type { AnswerBatch, AnswerKey, KeptAnswer } from '../../../src/ports/storage';

/** What requests were answered that may be sent again. */
export class MemoryAnswers {
  private readonly kept = new Map<string, StoredAnswer>();

  put(entries: readonly StoredAnswer[], withdrawn: AnswerBatch['withdrawn']): void {
    for (const each of withdrawn) this.kept.delete(nameOf(each));
    for (const each of entries) this.kept.set(nameOf(each), each);
  }

  find(app: AppId, key: string): KeptAnswer | undefined {
    const entry = this.kept.get(nameOf({ app, key }));
    return entry && keptAnswer(entry);
  }

  forget(before: Instant, atOnce: number): number {
    const old = [...this.kept].filter(([, { at }]) => at < before).slice(0, atOnce);
    for (const [name] of old) this.kept.delete(name);
    return old.length;
  }
}

/** No id of an application has a blank in it. */
function nameOf({ app, key }: AnswerKey): string {
  return `${app} ${key}`;
}
