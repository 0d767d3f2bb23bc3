import { stringify } from 'yaml';

/** Tools of each kind, as a file for `--file` has them: short of silence and call limits, so that nothing is to be warned of. */
const COMMON = { timeoutMs: 20_000 };

/** Async; its schema can be strict; the caller's number comes from Vapi. */
export const ORDER_STATUS = {
  ...COMMON,
  name: 'order_status',
  description: 'Looks up an order.',
  parameters: {
    type: 'object',
    properties: { orderId: { type: 'string' }, phone: { type: 'string' } },
    required: ['orderId', 'phone'],
  },
  staticArguments: { phone: '{{ customer.number }}' },
  sayOnStart: 'I am looking it up.',
};

/** Async; an optional argument keeps it from being strict, and its limit is nothing that Vapi knows. */
export const LEAVE_NOTE = {
  ...COMMON,
  name: 'leave_note',
  description: 'Leaves a note for the shop.',
  parameters: {
    type: 'object',
    properties: { text: { type: 'string', maxLength: 400 }, urgent: { type: 'boolean' } },
    required: ['text'],
  },
};

/** Sync: Vapi waits as long as the gateway does. */
export const OPENING_HOURS = {
  ...COMMON,
  name: 'opening_hours',
  description: 'When the shop is open.',
  parameters: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] },
  mode: 'sync',
  graceMs: 8000,
};

export const SYNCED_TOOLS = [LEAVE_NOTE, OPENING_HOURS, ORDER_STATUS];

/** The same as a tools file of http-worker, in front of the test's backend; an order is looked up in so many real ms. */
export function syncedToolsFile(backendUrl: string, orderMs: number): string {
  const request = { method: 'POST', url: `${backendUrl}/jobs` };
  const order = { orderId: '{{ arguments.orderId }}', phone: '{{ arguments.phone }}', ms: orderMs };
  return stringify({
    tools: [
      { ...LEAVE_NOTE, request, say: 'Your note is with the shop.' },
      { ...OPENING_HOURS, request, say: 'From nine to five.' },
      {
        ...ORDER_STATUS,
        request: { ...request, body: order },
        graceMs: 0,
        say: 'Order {{ result.orderId }} is on its way.',
      },
    ],
  });
}
