import { readFileSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseXml } from '../adapters/xml/enqueue-xml';
import type { AppId } from '../domain/ids';
import { enqueueFrom } from '../domain/queue/enqueue';
import { isPlanName, planId, type Plan } from '../domain/queue/plan';

export class PlansUnusable extends Error {
  override readonly name = 'PlansUnusable';
}

/**
 * The plans in a folder, `<name>.xml` each; none if there is no such folder.
 * @throws PlansUnusable with everything that is wrong with any of them.
 */
export function readPlans(folder: string, app: AppId): readonly Plan[] {
  const problems: string[] = [];
  const plans = xmlFiles(folder).flatMap((file): readonly Plan[] => {
    const { name } = parse(file);
    try {
      if (!isPlanName(name)) throw new Error('a plan name is 1 to 64 letters, digits, dashes or underscores');
      const text = readFileSync(join(folder, file), 'utf8');
      return [{ id: planId(app, name), app, name, source: 'file', text, enqueue: enqueueFrom(parseXml(text)) }];
    } catch (error) {
      problems.push(`  ${join(folder, file)}: ${(error as Error).message}`);
      return [];
    }
  });
  if (problems.length > 0) throw new PlansUnusable(`the plans cannot be used:\n${problems.join('\n')}`);
  return plans;
}

function xmlFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.xml'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new PlansUnusable(`the plans cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
