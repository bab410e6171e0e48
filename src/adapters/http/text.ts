import type { Text } from '../../domain/text';

export type Language = keyof Text;

export const SUCCESS: Text = { zh: '请求成功', en: 'success' };
export const UNKNOWN_FAILURE: Text = { zh: '未知错误', en: 'unknown failure' };

export const PARAMETER_ERROR: Text = { zh: '参数错误', en: 'parameter error' };
