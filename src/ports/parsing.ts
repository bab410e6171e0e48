import type { ExpressionNode } from '../domain/expression/expression';
import type { XmlElement } from '../domain/queue/enqueue-document';
import type { Text } from '../domain/text';

/** A text is not XML, or not the little of XML that we take. The text names the place where one is known. */
export class XmlProblem extends Error {
  override readonly name = 'XmlProblem';

  constructor(readonly text: Text) {
    super(text.en);
  }
}

/**
 * Text to element tree. The order of elements is kept, comments are dropped, attribute values keep their spaces.
 * Takes 16 KiB at most, no document type, and of entities XML's five and numeric references alone.
 * @throws {XmlProblem} and nothing else, whatever the text.
 */
export type XmlParser = (text: string) => XmlElement;

/**
 * Text to syntax tree: the grammar alone, nothing is known yet of functions and types. One expression, a final `;` is
 * optional.
 * @throws {ExpressionProblem} and nothing else, whatever the text.
 */
export type ExpressionParser = (text: string) => ExpressionNode;
