/// What was computed: good for a while for the same input, which a hash names.
extension DomainCache {
    /// What a model of this kind predicts for the input.
    public func prediction<Prediction: Decodable>(
        _ form: Prediction.Type = Prediction.self,
        kind: String,
        input: String
    ) async throws(CacheError) -> Prediction? {
        try await value(form, types.prediction, [kind, input])
    }

    /// Keeps what a model of this kind predicts for the input.
    @discardableResult
    public func setPrediction(
        _ prediction: some Encodable,
        kind: String,
        input: String,
        of owners: [DomainOwner] = [],
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(prediction, types.prediction, [kind, input], owners, timeToLive)
    }

    /// The tier that suits a customer in the context.
    public func tierDetection<Detection: Decodable>(
        _ form: Detection.Type = Detection.self,
        customer: String,
        context: String
    ) async throws(CacheError) -> Detection? {
        try await value(form, types.tierDetection, [customer, context])
    }

    /// Keeps the tier that suits a customer in the context.
    @discardableResult
    public func setTierDetection(
        _ detection: some Encodable,
        customer: String,
        context: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        let owners: [DomainOwner] = [.customer(customer)]
        return try await set(
            detection,
            types.tierDetection,
            [customer, context],
            owners,
            timeToLive
        )
    }

    /// The programs that suit the profile.
    public func recommendations<Programs: Decodable>(
        _ form: Programs.Type = Programs.self,
        profile: String
    ) async throws(CacheError) -> Programs? {
        try await value(form, types.recommendations, [profile])
    }

    /// Keeps the programs that suit the profile.
    @discardableResult
    public func setRecommendations(
        _ programs: some Encodable,
        profile: String,
        of owners: [DomainOwner] = [],
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(programs, types.recommendations, [profile], owners, timeToLive)
    }

    /// What a program returns to people of the profession, for these numbers.
    public func returnOnInvestment<Calculation: Decodable>(
        _ form: Calculation.Type = Calculation.self,
        profession: String,
        metrics: String
    ) async throws(CacheError) -> Calculation? {
        try await value(form, types.returnOnInvestment, [profession, metrics])
    }

    /// Keeps what a program returns to people of the profession, for these numbers.
    @discardableResult
    public func setReturnOnInvestment(
        _ calculation: some Encodable,
        profession: String,
        metrics: String,
        of owners: [DomainOwner] = [],
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        let type = types.returnOnInvestment
        return try await set(calculation, type, [profession, metrics], owners, timeToLive)
    }

    // MARK: Foundations

    /// How a part of the service is set up.
    public func configuration<Configuration: Decodable>(
        _ form: Configuration.Type = Configuration.self,
        kind: String = "agent",
        name: String
    ) async throws(CacheError) -> Configuration? {
        try await value(form, types.configuration, [kind, name])
    }

    /// Keeps how a part of the service is set up.
    @discardableResult
    public func setConfiguration(
        _ configuration: some Encodable,
        kind: String = "agent",
        name: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(configuration, types.configuration, [kind, name], [], timeToLive)
    }

    /// What is known of a topic.
    public func knowledge<Knowledge: Decodable>(
        _ form: Knowledge.Type = Knowledge.self,
        topic: String
    ) async throws(CacheError) -> Knowledge? {
        try await value(form, types.knowledge, [topic])
    }

    /// Keeps what is known of a topic.
    @discardableResult
    public func setKnowledge(
        _ knowledge: some Encodable,
        topic: String,
        timeToLive: Duration? = nil
    ) async throws(CacheError) -> Bool {
        try await set(knowledge, types.knowledge, [topic], [], timeToLive)
    }
}
