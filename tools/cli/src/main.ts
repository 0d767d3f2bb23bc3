import { program } from 'commander';

await program.name('interject').parseAsync();
