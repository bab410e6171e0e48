import { isSound } from '../../domain/queue/enqueue-sound';
import { atCharacter, type Text } from '../../domain/text';

const MAX_CHARACTERS = 128;
/** What file systems take. */
const MAX_BYTES = 255;

/** What is wrong with a name for a file of sound, and where; undefined: nothing. */
export function soundNameProblem(name: string): Text | undefined {
  const characters = [...name];
  if (characters.length > MAX_CHARACTERS) {
    return { zh: `不得大于 ${MAX_CHARACTERS} 个字符`, en: `must be at most ${MAX_CHARACTERS} characters long` };
  }
  if (Buffer.byteLength(name) > MAX_BYTES) {
    return { zh: `不得大于 ${MAX_BYTES} 字节 (UTF-8)`, en: `must be at most ${MAX_BYTES} bytes long in UTF-8` };
  }
  const odd = characters.findIndex((each) => !/^[\p{L}\p{M}\p{N}._-]$/u.test(each));
  if (odd >= 0) {
    return atCharacter(odd + 1, {
      zh: '只能有字母、数字、.、_ 或 -',
      en: 'only letters, digits, ., _ and - are allowed',
    });
  }
  if (characters[0] === '.') return atCharacter(1, { zh: '不得以 . 开头', en: 'must not begin with a dot' });
  const [first, second] = characters.flatMap((each, index) => (each === '.' ? [index] : []));
  if (second !== undefined) return atCharacter(second + 1, { zh: '只能有一个 .', en: 'only one dot is allowed' });
  if (first === undefined || first === characters.length - 1) {
    return atCharacter(characters.length + 1, {
      zh: '缺少扩展名，如 .wav',
      en: 'an extension is missing, such as .wav',
    });
  }
  return isSound(name) ? undefined : { zh: '格式不正确', en: 'is not of the form that is needed' };
}
