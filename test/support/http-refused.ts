import type { TestServer } from './http-client';

/** The request is refused for what this parameter says, in Chinese, and nothing was asked of anybody. */
export async function expectRefused(
  server: TestServer,
  parameter: string,
  sent: ReturnType<TestServer['call']>,
  told: RegExp = /./,
): Promise<void> {
  const { status, envelope } = await sent;
  expect([status, envelope.code, envelope.data]).toEqual([400, '000001', null]);
  const headline = `参数错误: ${parameter}: `;
  expect(envelope.msg.slice(0, headline.length)).toBe(headline);
  expect(envelope.msg.slice(headline.length)).toMatch(told);
  expect([...server.callCenter.asked, ...server.callCenter.questions, ...server.sounds.asked]).toEqual([]);
}
