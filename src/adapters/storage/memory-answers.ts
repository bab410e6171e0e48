import type { AppId, Instant } from '../../domain/ids';
import type { AnswerBatch, AnswerKey, KeptAnswer } from '../../ports/storage';
import { parseStored, toStored } from './stored-json';

/** A kept answer as the text that a real store would keep. */
export type AnswerEntry = Omit<KeptAnswer, 'answer'> & { readonly text: string };

export function answerEntry({ answer, ...rest }: KeptAnswer): AnswerEntry {
  return { ...rest, text: toStored(answer) };
}

/** What requests were answered that may be sent again. */
export class MemoryAnswers {
  private readonly kept = new Map<string, AnswerEntry>();

  put(entries: readonly AnswerEntry[], withdrawn: AnswerBatch['withdrawn']): void {
    for (const each of withdrawn) this.kept.delete(nameOf(each));
    for (const each of entries) this.kept.set(nameOf(each), each);
  }

  find(app: AppId, key: string): KeptAnswer | undefined {
    const entry = this.kept.get(nameOf({ app, key }));
    if (entry === undefined) return undefined;
    const { text, ...rest } = entry;
    return { ...rest, answer: parseStored(text) };
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
