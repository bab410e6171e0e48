import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Types are let be: one may be there for the sake of a function that takes it. */
const VALUE = /^export (?:async )?(?:const|let|class|abstract class|function\*?) (\w+)/gm;
const PASSED_ON = /^export (?:type )?\{([^}]*)\}/gm;
const TAKEN = /(?:^(?:im|ex)port (?:type )?|^ *const )\{([^}]*)\} (?:from |= await import\()'(\.[^']*)'/gm;
const TAKEN_WHOLE = /^import \* as (\w+) from '(\.[^']*)'/gm;

const files = ['src', 'test', 'scripts'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(ROOT, folder, file)),
);
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const taken = new Set([...texts].flatMap(([file, text]) => takenBy(file, text)));

/** What a file has from others, each as the file and the name that it has there. */
function takenBy(file: string, text: string): readonly string[] {
  const from = (target: string) => `${resolve(dirname(file), target.replace(/\.js$/, ''))}.ts`;
  const named = [...text.matchAll(TAKEN)].flatMap(([, names, target]) =>
    namesIn(names!).map(({ there }) => `${from(target!)} ${there}`),
  );
  const whole = [...text.matchAll(TAKEN_WHOLE)].flatMap(([, alias, target]) =>
    [...text.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))].map(([, name]) => `${from(target!)} ${name}`),
  );
  return [...named, ...whole];
}

/** `type One, two as other`: with the name by which each is known here. */
function namesIn(list: string): readonly { readonly there: string; readonly here: string }[] {
  return list.split(',').flatMap((each) => {
    const [there, here = there] = each
      .trim()
      .replace(/^type /, '')
      .split(/ as |: /);
    return there ? [{ there, here: here! }] : [];
  });
}

const ours = files.filter((file) => file.startsWith(join(ROOT, 'src/')));

test.each(ours.map((file) => [relative(ROOT, file), file]))('all that %s gives is taken', (_, file) => {
  const text = texts.get(file)!;
  const values = [...text.matchAll(VALUE)].map(([, name]) => name!);
  const passedOn = [...text.matchAll(PASSED_ON)].flatMap(([, names]) => namesIn(names!).map(({ here }) => here));
  expect(text).not.toMatch(/^export (?:\*|default\b|const [{[])/m); // Of these it could not be told.
  expect([...values, ...passedOn].filter((name) => !taken.has(`${file} ${name}`))).toEqual([]);
});
