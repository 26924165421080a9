/** Moving whole blocks as one step, so that it can be told from deleting them and putting others somewhere. */
import { Slice, type Node } from 'prosemirror-model'
import { ReplaceStep, StepMap } from 'prosemirror-transform'

/** Moves the blocks between `first` and `last` to `target`, which lies outside of them; all are positions between blocks. */
export class MoveStep extends ReplaceStep {
  readonly first: number
  readonly last: number
  readonly target: number

  constructor(doc: Node, first: number, last: number, target: number) {
    const [start, end] = [Math.min(first, target), Math.max(last, target)]
    const [moved, passed] = [
      doc.slice(first, last),
      target < first ? doc.slice(target, first) : doc.slice(last, target),
    ]
    const content = target < first ? moved.content.append(passed.content) : passed.content.append(moved.content)
    super(start, end, new Slice(content, 0, 0))
    this.first = first
    this.last = last
    this.target = target
  }

  /** What is moved keeps its positions, as it were; what it passes is taken out and put in again. */
  override getMap(): StepMap {
    const { first, last, target } = this
    return target < first
      ? new StepMap([target, first - target, 0, last, 0, first - target])
      : new StepMap([first, 0, target - last, last, target - last, 0])
  }

  override invert(doc: Node): ReplaceStep {
    return new ReplaceStep(this.from, this.to, doc.slice(this.from, this.to))
  }
}
