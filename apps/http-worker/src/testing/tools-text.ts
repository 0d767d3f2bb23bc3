/** Parameters with one argument, `orderId`. */
export const PARAMETERS = '{ type: object, properties: { orderId: { type: string } } }';

/** A file with one tool; `lines` replace or add keys of it. */
export function toolsText(lines: Record<string, string>, request: Record<string, string> = {}): string {
  const tool: Record<string, string> = { name: 'order_status', description: 'Looks up an order.', ...lines };
  const asked = Object.entries({ url: 'https://b.example/x', ...request }).map(
    ([key, value]) => `      ${key}: ${value}`,
  );
  const own = Object.entries(tool).map(([key, value]) => `    ${key}: ${value}`);
  return ['tools:', '  -', ...own, ...('request' in lines ? [] : ['    request:', ...asked])].join('\n');
}
