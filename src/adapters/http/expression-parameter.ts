import { type Expression, ExpressionProblem } from '../../domain/expression/expression';
import { checked } from '../../domain/expression/type-check';
import { Refusal } from '../../domain/refusal';
import type { ExpressionParser } from '../../ports/parsing';

/** @throws Refusal that names the parameter and the place of the mistake in it. */
export function readExpression<Type extends 'boolean' | 'number'>(
  parse: ExpressionParser,
  parameter: string,
  text: string,
  wanted: Type,
): Expression<Type> {
  try {
    return checked(parse(text), text, wanted);
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    throw new Refusal('expression-invalid', { parameter, problem: error.text });
  }
}
