extension StructureStep {
    /// What is wrong with the step itself, whatever the store holds; nil where nothing is.
    var fault: String? {
        if key.isEmpty { return "the key of a step is empty" }
        if let span, span <= .zero { return "\(key): a time has to be longer than zero" }
        switch self {
        case .append(_, _, let limit, _) where limit < 1:
            return "\(key): a list keeps at least 1 element, not \(limit)"
        case .mark(_, _, let limit?, _) where limit < 0:
            return "\(key): a window admits 0 marks or more, not \(limit)"
        case .add(_, let amount, _) where amount.magnitude > StructurePreview.greatestNumber:
            return "\(key): at most \(StructurePreview.greatestNumber) is added, not \(amount)"
        case .mark(_, let window, _, let life) where window <= .zero || life < window:
            return "\(key): a mark lives as long as its window at least, not \(life) for \(window)"
        default: return nil
        }
    }

    private var span: Duration? {
        switch self {
        case .setValue(_, _, let span), .add(_, _, let span), .setFields(_, _, _, let span),
            .append(_, _, _, let span), .markCount(_, let span), .mark(_, _, _, let span),
            .addMember(_, _, let span), .expire(_, let span):
            span
        default: nil
        }
    }
}
