//! The machines by themselves: a state diagram and a list of all that leads from state to state.

use maud::{Markup, html};

use super::super::{Diagram, Report, count, diagram, diagrams, slug};

pub(super) fn view(report: &Report) -> Option<Markup> {
    let diagrams = diagrams(report);
    (!diagrams.is_empty()).then(|| html! {
        p.legend {
            "Drawn from the steps that the shipped code took in these models. Ranks go down by the number "
            "of steps from the initial state; what leads back up is dashed. Point at a line or a word to "
            "see all that it stands for."
        }
        @for it in diagrams { (machine(it)) }
    })
}

fn machine(it: &Diagram) -> Markup {
    let name = |state: &usize| it.states.get(*state).map_or("?", String::as_str);
    let states = count(it.states.len(), "state");
    html! {
        article.machine id={ "machine-" (slug(&it.machine)) } {
            h3 { (it.machine) " " small { (states) ", " (count(it.edges.len(), "edge")) } }
            div.wide tabindex="0" role="group" aria-label="State diagram" { (diagram::inline(it)) }
            details { summary { "All edges" }
                div.wide { table.edges {
                    thead { tr {
                        th scope="col" { "from" } th scope="col" { "to" } th scope="col" { "by" }
                    } }
                    tbody { @for (from, to, labels) in &it.edges { tr {
                        td { code { (name(from)) } }
                        td { code { (name(to)) } }
                        td { (labels.join(", ")) }
                    } } }
                } }
            }
            details { summary { "Mermaid" } pre tabindex="0" { (diagram::mermaid(it)) } }
        }
    }
}
