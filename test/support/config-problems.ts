import { ConfigProblems, readConfig } from '../../src/config/config';

/** What is wrong with these settings; nothing: they are right. */
export function problemsOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(settings);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems;
    throw error;
  }
  return [];
}
