import { lossPicture } from './loss-picture.js';

describe('lossPicture', () => {
  it('draws the points from left to right, high losses above low ones, and says what it shows', () => {
    const svg = lossPicture([
      [1, 2],
      [2, null],
      [3, 1],
    ]);
    expect(svg).toContain('aria-label="Training loss, from 2.000 at step 1 to 1.000 at step 3"');
    expect(svg).toContain('<polyline points="52.0,16.0 624.0,110.0"');
    expect(svg).not.toContain('NaN');
  });

  it('says so when there is nothing to draw', () => {
    for (const curve of [[], [[1, 2]], [[1, null]]] as [number, number | null][][]) {
      expect(lossPicture(curve)).toContain('>No loss was recorded yet.<');
      expect(lossPicture(curve)).not.toContain('polyline');
    }
  });

  it('survives a loss of zero', () => {
    const flat = lossPicture([
      [1, 0],
      [2, 0],
    ]);
    expect(flat).not.toMatch(/NaN|Infinity/);
  });
});
