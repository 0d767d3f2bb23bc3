import type { DiscoveryService } from '@nestjs/core';

type Provider = ReturnType<DiscoveryService['getProviders']>[number];

/** One instance of a decorated class. */
export interface Decorated<Options> {
  readonly instance: unknown;
  /** Of its class. */
  readonly name: string;
  readonly options: Options;
}

export interface DecoratedProviders<Options> {
  readonly found: readonly Decorated<Options>[];
  readonly problems: readonly string[];
}

function missingInstance(provider: Provider, name: string): string | undefined {
  if (!provider.isDependencyTreeStatic()) {
    return `${name} is request-scoped, or depends on something that is: a handler must be a singleton`;
  }
  return provider.instance === undefined || provider.instance === null
    ? `${name} was not instantiated: provide it with useClass, or list the class itself`
    : undefined;
}

/** Every provider whose class has a certain decorator. @param read gives the decorator's options, undefined without it */
export function decoratedProviders<Options>(
  discovery: DiscoveryService,
  read: (target: unknown) => Options | undefined,
): DecoratedProviders<Options> {
  const found: Decorated<Options>[] = [];
  const problems: string[] = [];
  const seen = new Set<unknown>();
  for (const provider of discovery.getProviders()) {
    const options = read(provider.metatype);
    if (options === undefined) continue;
    const { name } = provider.metatype as { readonly name: string };
    const missing = missingInstance(provider, name);
    if (missing !== undefined) problems.push(missing);
    // An alias of the same instance, or one exported through several modules.
    else if (!seen.has(provider.instance)) {
      seen.add(provider.instance);
      found.push({ instance: provider.instance, name, options });
    }
  }
  return { found, problems };
}
