/// What a sales service keeps in the cache, each with its life.
///
/// Change the times to live where a service wants others: all parts read them from here.
public struct DomainTypes: Sendable, Equatable {
    /// How far a conversation is.
    public var conversation = CachedType("conv", .string, timeToLive: .seconds(1800))
    /// What is known of a customer.
    public var customer = CachedType("cust", .string, timeToLive: .seconds(3600))
    /// What a model predicts for an input.
    public var prediction = CachedType("pred", .string, timeToLive: .seconds(300))
    /// The tier that suits a customer in a context.
    public var tierDetection = CachedType("tier", .string, timeToLive: .seconds(1800))
    /// The programs that suit a profile.
    public var recommendations = CachedType("prog:rec", .string, timeToLive: .seconds(3600))
    /// What a program returns to people of a profession.
    public var returnOnInvestment = CachedType("roi", .string, timeToLive: .seconds(600))
    /// How the parts of the service are set up.
    public var configuration = CachedType("conf", .string, timeToLive: .seconds(7200))
    /// What is known of a topic.
    public var knowledge = CachedType("know", .string, timeToLive: .seconds(86_400))
    /// Numbers that are counted; each lives so long from its first count, as all that is cached.
    public var metric = CachedType("metr", .string, timeToLive: .seconds(30 * 86_400))

    /// The types with the times to live of the field.
    public init() {}

    /// All of them.
    public var all: [CachedType] {
        [
            conversation, customer, prediction, tierDetection, recommendations,
            returnOnInvestment, configuration, knowledge, metric,
        ]
    }
}
