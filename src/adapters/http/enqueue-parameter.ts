import { z } from 'zod';
import { type Enqueue, enqueueFrom, EnqueueProblem } from '../../domain/queue/enqueue';
import { XmlProblem, type XmlParser } from '../../ports/parsing';
import { EXAMPLE } from './example-values';
import { parameterProblem } from './http-problem';

/** The parser and the rules of a document say how long it may be. */
export const enqueueDocument = z
  .string()
  .meta({ description: 'whom to look for: an <enqueue> document', examples: [EXAMPLE.enqueue] });

/** @throws HttpProblem that names the place of the mistake. */
export function readEnqueue(parseXml: XmlParser, text: string): Enqueue {
  try {
    return enqueueFrom(parseXml(text));
  } catch (error) {
    if (!(error instanceof XmlProblem || error instanceof EnqueueProblem)) throw error;
    throw parameterProblem('enqueue', error.text);
  }
}
