import { MAX_CONVERSATION_SECONDS } from '../../domain/conversation/conversation';
import type { OutsideCall } from '../../domain/call/call';
import type { PhoneNumber } from '../../domain/ids';
import { integer, phoneNumber } from './fields';

/** What is asked for wherever an outside number is called. */
export const OUTSIDE_CALL = {
  to: phoneNumber.describe('number to call'),
  from: phoneNumber.optional().meta({ description: 'number to show', examples: ['02112345678'] }),
  max_dial_seconds: integer(1, 300).prefault(45).describe('limit of ringing'),
  max_answer_seconds: integer(1, MAX_CONVERSATION_SECONDS).meta({
    description: 'limit of talking',
    examples: [600],
  }),
};

export const OUTSIDE_CALL_ALIASES = {
  max_dial_duration: 'max_dial_seconds',
  max_call_duration: 'max_answer_seconds',
} as const;

export function outsideCall(body: {
  readonly to: PhoneNumber;
  readonly from?: PhoneNumber | undefined;
  readonly max_dial_seconds: number;
  readonly max_answer_seconds: number;
}): OutsideCall {
  return {
    to: body.to,
    from: body.from ?? null,
    ringSeconds: body.max_dial_seconds,
    talkSeconds: body.max_answer_seconds,
  };
}
