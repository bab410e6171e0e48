import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { englishIn } from '../support/languages';

const SRC = join(__dirname, '../../src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** What stands in the source as the text of this language. */
function textsIn(language: 'zh' | 'en'): readonly (readonly [file: string, text: string])[] {
  const written = new RegExp(`\\b${language}:\\s*(['"\`])(.*?)\\1`, 'gs');
  return files.flatMap((file) =>
    [...readFileSync(join(SRC, file), 'utf8').matchAll(written)].map(([, , text]) => [file, text!] as const),
  );
}

/** Without what is filled in. */
const plain = (text: string): string => text.replace(/\$\{[^}]*\}/g, '');

/** An error's message is English, so it may be told to nobody who asks for Chinese. */
test('no text is made of a message', () => {
  const made = files.filter((file) => /\bverbatim\([^()]*\bmessage\b/.test(readFileSync(join(SRC, file), 'utf8')));

  expect(made).toEqual([]);
});

test('every text is in both languages, each in its own', () => {
  const [chinese, english] = [textsIn('zh'), textsIn('en')];

  expect(chinese.length).toBe(english.length);
  expect(chinese.length).toBeGreaterThan(100);
  expect(chinese.filter(([, text]) => englishIn(plain(text)).length > 0)).toEqual([]);
  expect(english.filter(([, text]) => /\p{Script=Han}/u.test(plain(text)))).toEqual([]);
});
