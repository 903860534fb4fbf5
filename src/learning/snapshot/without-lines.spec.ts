// An erased customer's lines leave a snapshot, everything else stays as it was.
import { withoutLines } from './without-lines.js';

const text = ['{"retuneSnapshot":1,"seed":0}', '{"id":"a","x":1}', '{"id":"b"}', '{"id":"c"}', ''].join('\n');

describe('withoutLines', () => {
  it('removes lines by id and says how many, twice as well', () => {
    const once = withoutLines(text, new Set(['b', 'z']));
    expect(once).toEqual({
      removed: 1,
      text: '{"retuneSnapshot":1,"seed":0,"erased":1}\n{"id":"a","x":1}\n{"id":"c"}\n',
    });
    expect(withoutLines(once.text, new Set(['c']))).toEqual({
      ...{ removed: 1, text: '{"retuneSnapshot":1,"seed":0,"erased":2}\n{"id":"a","x":1}\n' },
    });
  });

  it('leaves a snapshot without them alone', () => {
    expect(withoutLines(text, new Set(['z']))).toEqual({ removed: 0, text });
  });
});
