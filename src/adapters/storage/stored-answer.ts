import type { KeptAnswer } from '../../ports/storage';
import { parseStored, toStored } from './stored-json';

/** A kept answer as the text that a store keeps. */
export type StoredAnswer = Omit<KeptAnswer, 'answer'> & { readonly answer: string };

export function storedAnswer({ answer, ...rest }: KeptAnswer): StoredAnswer {
  return { ...rest, answer: toStored(answer) };
}

export function keptAnswer({ answer, ...rest }: StoredAnswer): KeptAnswer {
  return { ...rest, answer: parseStored(answer) };
}
