import { startProgress } from './progress.js';

describe('progress without a terminal', () => {
  it('prints a line every ten percent, however often it is told', () => {
    const lines: string[] = [];
    const progress = startProgress('thing', 200_000_000, { isTerminal: false, writeLine: (line) => lines.push(line) });
    for (let bytes = 0; bytes <= 200_000_000; bytes += 1_000_000) progress.update(bytes);
    progress.update(300_000_000);
    progress.stop();
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe('thing: 10 % of 200 MB');
    expect(lines.at(-1)).toBe('thing: 100 % of 200 MB');
  });
});
