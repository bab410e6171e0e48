import type { Text } from '../../domain/text';

export type { Text };
export type Language = keyof Text;

export const SUCCESS: Text = { zh: '请求成功', en: 'success' };
export const UNKNOWN_FAILURE: Text = { zh: '未知错误', en: 'unknown failure' };

export const PARAMETER_ERROR: Text = { zh: '参数错误', en: 'parameter error' };

/** The same in both languages: names, numbers, and what came from elsewhere. */
export function verbatim(text: string): Text {
  return { zh: text, en: text };
}

/** `agent does not exist: name 1001` */
export function joined(separator: string, ...parts: readonly Text[]): Text {
  return { zh: parts.map(({ zh }) => zh).join(separator), en: parts.map(({ en }) => en).join(separator) };
}
