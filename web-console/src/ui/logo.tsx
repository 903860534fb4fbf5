// The name, as it stands in every header.
import mark from '../retune.svg';

export function Logo() {
  return (
    <span class="logo">
      <img src={mark} alt="" width="28" height="28" />
      Retune
    </span>
  );
}
