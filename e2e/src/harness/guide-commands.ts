const FENCE = /^```sh\n([\s\S]*?)^```$/gm;

/**
 * The commands of a guide: each line of its `sh` blocks, without comments. Blocks of another language are not meant to be
 * run one after the other (a server, a container, somebody's account).
 */
export function commandsOf(guide: string): readonly string[] {
  return [...guide.matchAll(FENCE)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}
