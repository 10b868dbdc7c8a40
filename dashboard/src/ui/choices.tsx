/** Several of a few named records, each with a box to tick. */
import { useId } from "preact/hooks";
import { Check } from "./field";

const toggled = (numbers: number[], id: number, on: boolean): number[] =>
  on ? [...numbers, id].sort((one, other) => one - other) : numbers.filter((each) => each !== id);

interface ChoicesProps {
  title: string;
  options: { id: number; name: string }[];
  chosen: number[];
  onChosen: (chosen: number[]) => void;
  error?: string;
}

export function Choices({ title, options, chosen, onChosen, error }: ChoicesProps) {
  const id = useId();
  if (!options.length) return null;
  return (
    <fieldset aria-describedby={error && id}>
      <legend>{title}</legend>
      <div class="checks">
        {options.map(({ id, name }) => (
          <Check key={id} label={name} checked={chosen.includes(id)} onChecked={(on) => onChosen(toggled(chosen, id, on))} />
        ))}
      </div>
      {error && (
        <p class="error" id={id} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
