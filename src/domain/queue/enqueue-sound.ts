declare const sound: unique symbol;

/**
 * Something that Asterisk can play, as it is written in a document:
 *
 * | form            | example            | meaning                                                    |
 * | --------------- | ------------------ | ---------------------------------------------------------- |
 * | a plain name    | `欢迎.wav`         | a file in the application's sound folder                   |
 * | `sound:<name>`  | `sound:vm-goodbye` | a sound of Asterisk's own, perhaps in a folder of its own  |
 * | `digits:<keys>` | `digits:12*`       | keys read out one by one                                   |
 */
export type Sound = string & { readonly [sound]: true };

const MAX_LENGTH = 128;
const PLAIN_NAME = /^[\p{L}\p{M}\p{N}_-]+(\.[\p{L}\p{M}\p{N}_-]+)?$/u;
const ASTERISK_SOUND = /^sound:[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)*$/;
const ASTERISK_DIGITS = /^digits:[0-9*#]+$/;

/** No form lets a name leave its folder: no leading slash, no `..`, nothing that a dial string or a media list would split at. */
export function isSound(text: string): text is Sound {
  if ([...text].length > MAX_LENGTH) return false;
  return PLAIN_NAME.test(text) || ASTERISK_SOUND.test(text) || ASTERISK_DIGITS.test(text);
}
