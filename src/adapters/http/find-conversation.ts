import type { Conversation } from '../../domain/conversation/conversation';
import { Refusal } from '../../domain/refusal';
import type { CallCenter } from '../../ports/call-center';
import type { Application } from './http-settings';
import { conversationIdFrom } from './path-ids';

/** The conversation that the path names, running or over. @throws Refusal when the application has none of that id. */
export async function findConversation(
  callCenter: Pick<CallCenter, 'findConversation'>,
  { id: app }: Application,
  params: { readonly id: string },
): Promise<Conversation> {
  const id = conversationIdFrom(params.id);
  const conversation = await callCenter.findConversation(app, id);
  if (conversation === undefined) throw new Refusal('conversation-not-found', { id });
  return conversation;
}
